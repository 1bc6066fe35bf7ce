//! A case on its way, step by step over HTTP, as people would take it.

use super::{Answer, City, HOUSE, ITEM, appraiser_id};
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
