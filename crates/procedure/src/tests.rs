use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Asked,
    Answered,
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Ask,
    Answer,
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Guest,
    Host,
}

const ASK: Step<Good> = Step {
    number: "T1",
    from: &[],
    action: Action::Ask,
    by: &[Role::Guest],
    to: State::Asked,
    effects: &[Effect::Starts("D1")],
    article: "1",
    papers: &[],
    opening: Opening::Open,
};

struct Good;
impl Procedure for Good {
    type State = State;
    type Action = Action;
    type Role = Role;
    const NAME: &'static str = "question";
    const STATES: &'static [State] = &[State::Asked, State::Answered];
    const FINAL: &'static [State] = &[State::Answered];
    const ROLES: &'static [Role] = &[Role::Guest, Role::Host];
    const STEPS: &'static [Step<Self>] = &[
        ASK,
        Step {
            number: "T2",
            from: &[State::Asked],
            action: Action::Answer,
            by: &[Role::Host],
            to: State::Answered,
            effects: &[Effect::Stops("D1")],
            article: "2",
            papers: &["answer"],
            opening: Opening::Open,
        },
        Step {
            number: "T3",
            from: &[State::Asked],
            action: Action::Drop,
            by: &[Role::Guest],
            to: State::Answered,
            effects: &[],
            article: "3",
            papers: &[],
            opening: Opening::ShapeOnly,
        },
    ];
}

struct Bad;
impl Procedure for Bad {
    type State = State;
    type Action = Action;
    type Role = Role;
    const NAME: &'static str = "bad";
    const STATES: &'static [State] = &[State::Asked, State::Answered, State::Lost];
    const FINAL: &'static [State] = &[State::Answered];
    const ROLES: &'static [Role] = &[Role::Guest];
    const STEPS: &'static [Step<Self>] = &[
        Step {
            number: "T1",
            from: &[],
            action: Action::Ask,
            by: &[Role::Guest],
            to: State::Asked,
            effects: &[Effect::Starts("D1")],
            article: "1",
            papers: &[],
            opening: Opening::Open,
        },
        Step {
            number: "T2",
            from: &[State::Asked],
            action: Action::Answer,
            by: &[],
            to: State::Asked,
            effects: &[Effect::Pauses("D2")],
            article: "",
            papers: &[],
            opening: Opening::Open,
        },
        Step {
            number: "T3",
            from: &[],
            action: Action::Ask,
            by: &[Role::Guest],
            to: State::Asked,
            effects: &[],
            article: "1",
            papers: &[],
            opening: Opening::Open,
        },
        Step {
            number: "T4",
            from: &[State::Answered],
            action: Action::Drop,
            by: &[Role::Guest],
            to: State::Asked,
            effects: &[],
            article: "1",
            papers: &[],
            opening: Opening::Open,
        },
    ];
}

#[test]
fn a_sound_table_has_no_faults() {
    assert_eq!(faults::<Good>(), vec![]);
}

#[test]
fn every_kind_of_fault_is_found() {
    let said: Vec<String> = faults::<Bad>().into_iter().map(|fault| fault.0).collect();
    for expected in [
        "T2 Answer: nobody may take it",
        "T2 Answer: no article of law",
        "T4 Drop: leaves the final state Answered",
        "T1 and T3: Ask is written twice",
        "Asked is never left and is not final",
        "Answered is never reached",
        "Lost is never reached",
        "Lost is never left and is not final",
        "term D1 starts and never stops",
        "term D2 is touched and never starts",
    ] {
        assert!(said.iter().any(|fault| fault == expected), "{expected} missing in {said:#?}");
    }
    assert_eq!(said.len(), 10);
}

#[test]
fn a_step_is_found_or_the_reason_is() {
    assert_eq!(step::<Good>(Some(State::Asked), Action::Answer, &[Role::Host]).map(|s| s.number), Ok("T2"));
    assert_eq!(step::<Good>(Some(State::Asked), Action::Answer, &[Role::Guest]).err(), Some(NotNow::WrongRole));
    assert_eq!(step::<Good>(Some(State::Answered), Action::Answer, &[Role::Host]).err(), Some(NotNow::WrongState));
    assert_eq!(step::<Good>(Some(State::Asked), Action::Drop, &[Role::Guest]).err(), Some(NotNow::NotOffered));
    assert_eq!(step::<Good>(None, Action::Ask, &[Role::Guest]).map(|s| s.number), Ok("T1"));
}

#[test]
fn open_steps_are_those_of_the_persons_roles() {
    let numbers = |roles: &[Role]| open::<Good>(Some(State::Asked), roles).map(|s| s.number).collect::<Vec<_>>();
    assert_eq!(numbers(&[Role::Host]), ["T2"]);
    assert!(numbers(&[Role::Guest]).is_empty(), "a shape-only step is never offered");
}

#[test]
fn the_prints_say_who_and_where() {
    assert_eq!(
        matrix::<Good>(),
        "question         Guest Host\nT1 –: Ask        ✔     ·\nT2 Asked: Answer ·     ✔\nT3 Asked: Drop   ○     ·\n"
    );
    assert!(mermaid::<Good>().contains("[*] --> Asked: T1 Ask\n"));
    assert!(mermaid::<Good>().contains("Asked --> Answered: T3 Drop (planned)\n"));
}
