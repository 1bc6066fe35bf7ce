-- Draws take their seed from the public log: draw_log stays as the public facts that are logged, its own checkpoints go.
drop table draw_checkpoint;

-- Moments for which a checkpoint of the public log was announced. At that moment the sequencer logs the appointment itself,
-- so that a checkpoint is signed then, whatever else there is to log.
create table log_appointment (
    id text primary key,
    due_at text not null,
    is_kept bigint not null default 0
);
create index log_appointment_by_time on log_appointment (is_kept, due_at);

-- When the audit log's checkpoint was announced in the public log last.
alter table log_lease add column announced_at text;
