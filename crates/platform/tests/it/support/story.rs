//! A case on its way, step by step over HTTP, as people would take it.

use super::{Answer, City, HOUSE, ITEM, PNG, appraiser_id};
use platform::cases::{Action, State};

/// One case and the people who work on it.
pub struct Story<'c> {
    pub city: &'c City,
    /// The case.
    pub id: String,
}

/// What is typed into the form of an entrustment.
pub const ENTRUSTMENT: &[(&str, &str)] = &[
    ("institution_id", HOUSE),
    ("item", ITEM),
    ("matter", "对张某的损伤程度进行鉴定"),
    ("purpose", "criminal"),
    ("case_facts", "二人在菜场门口争执，张某被推倒。"),
    ("client_name", "甲区人民法院"),
    ("client_address", "甲路1号"),
    ("client_contact", "王书记员"),
    ("client_phone", "021-12345678"),
    ("client_officer", "李法官"),
    ("client_letter", "（2026）甲委鉴字第1号"),
    ("examinee_name", "张受检"),
    ("examinee_sex", "female"),
    ("examinee_birth", "1980-05-06"),
    ("examinee_id_number", "11010519491231002X"),
    ("examinee_phone", "13800001234"),
    ("examinee_address", "丙路3号"),
    ("injury_on", "2026-01-20"),
    ("injury_basis", "primary"),
    ("material_name", "病历"),
    ("material_kind", "文件资料"),
    ("material_quantity", "1份"),
    ("material_properties", "复印件，完好"),
    ("materials_confirmed", "yes"),
    ("delivery", "online"),
    ("do", "send"),
];

/// The steps of the main road: who takes it, and the state it leads to.
const ROAD: &[(Action, &str, State)] = &[
    (Action::Accept, "front_desk", State::Accepted),
    (Action::Commission, "client", State::Commissioned),
    (Action::Assign, "head", State::Assigned),
    (Action::Declare, "appraiser", State::Assigned),
    (Action::Declare, "second", State::Assigned),
    (Action::Begin, "appraiser", State::InExamination),
    (Action::Draft, "appraiser", State::DraftOpinion),
    (Action::SubmitForReview, "appraiser", State::InReview),
    (Action::Approve, "reviewer", State::Approved),
    (Action::Sign, "appraiser", State::Approved),
    (Action::Sign, "second", State::Approved),
    (Action::Issue, "head", State::Issued),
    (Action::Deliver, "front_desk", State::Delivered),
    (Action::Archive, "archivist", State::Archived),
];

impl<'c> Story<'c> {
    /// A client entrusts.
    pub async fn begins(city: &'c City) -> Self {
        Self::begins_with(city, ENTRUSTMENT).await
    }

    pub async fn begins_with(city: &'c City, entrustment: &[(&str, &str)]) -> Self {
        let draft = city.post("client", "/entrust", &[]).await.leads_on();
        let mut fields = entrustment.to_vec();
        fields.push(("version", "1"));
        let to = city.post("client", &draft, &fields).await.leads_on();
        let id = to.strip_prefix("/cases/").unwrap_or_else(|| panic!("entrusting led to {to}")).to_owned();
        Self { city, id }
    }

    /// A case that has come as far as `state`, everything in it done.
    pub async fn at(city: &'c City, state: State) -> Self {
        let story = Self::begins(city).await;
        story.goes_on_to(state).await;
        story
    }

    /// The main road from wherever the case is to the state; `Declined` is the one side road.
    pub async fn goes_on_to(&self, state: State) {
        if state == State::Declined {
            self.step("head", Action::Decline).await.leads_on();
        }
        let now = self.city.state(&self.id).await;
        if now == state.word() {
            return;
        }
        // From the first step after the state the case is in to the last one of those that lead into the wanted one.
        let from = ROAD
            .iter()
            .position(|(_, _, to)| to.word() == now)
            .map_or(0, |_| ROAD.iter().rposition(|(_, _, to)| to.word() == now).unwrap_or_default() + 1);
        let to =
            ROAD.iter().rposition(|(_, _, to)| *to == state).unwrap_or_else(|| panic!("{state:?} is not on the road"));
        for (action, who, _) in &ROAD[from..=to] {
            self.step(who, *action).await.leads_on();
            if *action == Action::Accept {
                self.receives_materials().await;
            }
            if *action == Action::Draft {
                self.saves_draft("appraiser", 0, "被鉴定人张某的损伤程度评定为轻伤二级。").await.leads_on();
            }
        }
        assert_eq!(self.city.state(&self.id).await, state.word());
    }

    /// The front desk receives every material that the client announced.
    pub async fn receives_materials(&self) {
        let sql = "select code from material where subject_id = $1 and holder_kind = 'client'";
        let rows = self.city.rows(sql, platform::values![&self.id]).await;
        let codes: Vec<String> = rows.iter().map(|row| row.get("code").unwrap()).collect();
        if codes.is_empty() {
            return;
        }
        let today = self.city.today().to_string();
        let states: Vec<String> = codes.iter().map(|code| format!("state_{code}")).collect();
        let mut fields = vec![("do", "receive"), ("on", today.as_str())];
        for (code, state) in codes.iter().zip(&states) {
            fields.extend([("code", code.as_str()), (state.as_str(), "完好")]);
        }
        self.city.post("front_desk", &self.path("/materials"), &fields).await.leads_on();
    }

    /// Sends the form of a step, filled in as it should be.
    pub async fn step(&self, who: &str, action: Action) -> Answer {
        let version = self.city.version(&self.id).await;
        self.step_seen_at(who, action, version, &[]).await
    }

    /// The same, some fields differing.
    pub async fn step_with(&self, who: &str, action: Action, other: &[(&str, &str)]) -> Answer {
        let version = self.city.version(&self.id).await;
        self.step_seen_at(who, action, version, other).await
    }

    /// The form was opened when the case had this version.
    pub async fn step_seen_at(&self, who: &str, action: Action, version: i64, other: &[(&str, &str)]) -> Answer {
        let version = version.to_string();
        let today = self.city.today().to_string();
        let mut fields: Vec<(&str, &str)> = typed(action).to_vec();
        if matches!(action, Action::Draft | Action::Deliver) {
            fields.extend([("from", "2026-03-01"), ("to", today.as_str()), ("on", today.as_str())]);
        }
        let (lead, second, third) = (appraiser_id("appraiser"), appraiser_id("second"), appraiser_id("third"));
        match action {
            Action::Assign => fields.extend([("appraisers", lead.as_str()), ("appraisers", &second), ("lead", &lead)]),
            Action::Replace => fields.extend([("appraisers", lead.as_str()), ("appraisers", &third), ("lead", &lead)]),
            _ => {}
        }
        let signature = match platform::cases::SIGNED_STEPS.contains(&action) {
            true => self.city.signature(who, &self.id).await.to_vec(),
            false => Vec::new(),
        };
        fields.extend(signature.iter().map(|(name, text)| (*name, text.as_str())));
        fields.retain(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
        fields.extend_from_slice(other);
        fields.push(("version", &version));
        self.city.post(who, &self.path(&format!("/do/{}", action.word())), &fields).await
    }

    pub async fn saves_draft(&self, who: &str, version: i64, opinion: &str) -> Answer {
        let version = version.to_string();
        let fields = [
            ("version", version.as_str()),
            ("case_facts", "二人争执，张某被推倒。"),
            ("data_abstract", "病历记载右侧第四肋骨骨折。"),
            ("process", "阅片，见右侧第四肋骨骨折线。"),
            ("analysis", "骨折系新鲜，与外力作用相符。"),
            ("opinion", opinion),
            ("annexes", "病历复印件1份"),
        ];
        self.city.post(who, &self.path("/opinion"), &fields).await
    }

    /// A record of a test today with one photo, confirmed by who wrote it; the ids of both.
    pub async fn records_with_photo(&self, who: &str) -> (String, String) {
        let to = self.records(who, &[]).await.leads_on();
        let record = to.rsplit('/').next().unwrap_or_default().to_owned();
        self.uploads(who, &record, "检查.png", PNG).await.leads_on();
        let confirm = self.path(&format!("/records/{record}/confirm"));
        self.city.post(who, &confirm, &[("version", "1")]).await.leads_on();
        let sql = "select id from examination_record_file where record_id = $1";
        let item = self.city.rows(sql, platform::values![&record]).await[0].get("id").unwrap();
        (record, item)
    }

    /// Sends the form of a new record, filled in as it should be, some fields differing.
    pub async fn records(&self, who: &str, other: &[(&str, &str)]) -> Answer {
        let fields = self.record_fields(other);
        self.city.post(who, &self.path("/records/new"), &borrowed(&fields)).await
    }

    /// The fields of a record of today's morning.
    pub fn record_fields(&self, other: &[(&str, &str)]) -> Vec<(String, String)> {
        let today = self.city.today();
        let (started, ended) = (format!("{today}T08:30"), format!("{today}T09:00"));
        let mut fields: Vec<(&str, &str)> = vec![
            ("version", "0"),
            ("kind", "test"),
            ("started", &started),
            ("ended", &ended),
            ("place", "本机构检查室"),
            ("capability", "none"),
            ("tier", "national"),
            ("method", "GB/T 1-2020"),
            ("person_name", "鉴定人appraiser"),
            ("person_capacity", "appraiser"),
            ("person_signed", "yes"),
            ("text", "测得长度三厘米。"),
        ];
        fields.retain(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
        fields.extend_from_slice(other);
        fields.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    pub async fn uploads(&self, who: &str, record: &str, name: &str, content: &[u8]) -> Answer {
        let mut body = format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
            .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--limit--\r\n");
        let request = axum::http::Request::post(self.path(&format!("/records/{record}/files")))
            .header("host", "sijian.test")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "multipart/form-data; boundary=limit")
            .header("cookie", &self.city.person(who).cookie);
        self.city.send(request.body(axum::body::Body::from(body)).unwrap()).await
    }

    /// A reviewer comments on a passage of the opinion part; the comment's id.
    pub async fn comments(&self, who: &str, weight: &str, quote: &str) -> String {
        let version = self.draft_version().await.to_string();
        let fields = [
            ("version", version.as_str()),
            ("part", "opinion"),
            ("quote", quote),
            ("weight", weight),
            ("body", "请核对"),
        ];
        self.city.post(who, &self.path("/opinion/comments"), &fields).await.leads_on();
        let sql = "select id from opinion_comment where case_id = $1 order by written_at desc, id desc";
        self.city.rows(sql, platform::values![&self.id]).await[0].get("id").unwrap()
    }

    pub async fn draft_version(&self) -> i64 {
        let sql = "select coalesce(max(version), 0) from opinion_draft where case_id = $1";
        self.city.count(sql, platform::values![&self.id]).await
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/cases/{}{rest}", self.id)
    }

    /// The ids of the case's papers of a kind.
    pub async fn papers(&self, kind: &str) -> Vec<String> {
        let rows = self
            .city
            .rows("select id from paper where subject_id = $1 and kind = $2", platform::values![&self.id, kind])
            .await;
        rows.iter().map(|row| row.get("id").unwrap()).collect()
    }

    pub async fn number(&self) -> Option<String> {
        let sql = "select opinion_number from appraisal_case where id = $1";
        self.city.rows(sql, platform::values![&self.id]).await[0].get("opinion_number").unwrap()
    }

    pub async fn picture(&self) -> String {
        self.city.picture(&self.id).await
    }
}

/// Fields as [`City::post`] takes them.
pub fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// What is typed into the form of a step where nothing special is the matter.
pub fn typed(action: Action) -> &'static [(&'static str, &'static str)] {
    match action {
        Action::Accept => &[
            ("answers", "scope"),
            ("answers", "materials"),
            ("answers", "purpose"),
            ("answers", "requirement"),
            ("answers", "ability"),
            ("answers", "sole"),
            ("answers", "no_conflict"),
            ("term_workdays", "30"),
            ("fee", "2400"),
            ("fee_way", "受理时一次收取"),
            ("materials_return", "whole"),
            ("collect_weeks", "4"),
        ],
        Action::Decline => &[("grounds", "NA2"), ("explanation", "缺少影像资料。"), ("returned", "已全部退还。")],
        Action::Commission => &[("agreed", "yes")],
        Action::Replace => &[("reason", "原鉴定人出国。")],
        Action::Declare => &[("none", "yes")],
        Action::Begin => &[("materials_checked", "yes")],
        Action::Draft => &[
            ("place", "本机构检查室"),
            ("present", "无"),
            ("tier", "national"),
            ("method", "《人体损伤程度鉴定标准》"),
            ("record", "右侧胸部压痛。"),
        ],
        Action::SendBack => &[("comments", "请补充分析说明。")],
        Action::Approve => &[("procedure", "程序符合规定。"), ("opinion", "意见恰当。")],
        Action::Sign => &[("read", "yes")],
        Action::Deliver => &[("way", "online"), ("receiver", "李法官"), ("copies", "3")],
        Action::Archive => &[("shelf", "A-03-2026-018")],
        _ => &[],
    }
}
