//! The shapes of what is sent and answered, as JSON schemas: of forms from the forms themselves.

use crate::cases::described::Described;
use crate::text::Lang;
use crate::web::described::{Field, Kind};
use serde_json::{Value as Json, json};

/// A field as its form reads it.
fn field(one: &Field) -> Json {
    let mut schema = match &one.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Money => json!({ "type": ["string", "number"], "description": "Yuan, at most two decimals." }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Several(words) if words.is_empty() => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Several(words) => json!({ "type": "array", "items": { "type": "string", "enum": words } }),
    };
    if let Some(longest) = one.longest {
        schema["maxLength"] = json!(longest);
    }
    schema
}

/// The body of a form; of a step also the version that was seen.
pub(super) fn form(described: &Described, lang: Lang, is_step: bool) -> Json {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    if is_step {
        let about = "The version of the case that was seen; another's change in between answers 409.";
        properties.insert("version".into(), json!({ "type": "integer", "description": about }));
        required.push("version");
    }
    for one in described.fields.iter().filter(|one| one.name != "version") {
        properties.insert(one.name.clone(), field(one));
        if one.required {
            required.push(&one.name);
        }
    }
    let together: Vec<String> =
        described.together.iter().map(|(name, what)| format!("`{name}`: {}", lang.say(what))).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !together.is_empty() {
        schema["description"] = json!(together.join("\n"));
    }
    schema
}

fn object(fields: &[(&str, &str)]) -> Json {
    let mut properties = serde_json::Map::new();
    for (name, kind) in fields {
        let schema = match *kind {
            "date" => json!({ "type": ["string", "null"], "format": "date" }),
            "instant" => json!({ "type": ["string", "null"], "format": "date-time" }),
            "int" => json!({ "type": "integer" }),
            "int?" => json!({ "type": ["integer", "null"] }),
            "bool" => json!({ "type": "boolean" }),
            "text?" => json!({ "type": ["string", "null"] }),
            "object" => json!({ "type": ["object", "null"] }),
            "array" => json!({ "type": "array", "items": {} }),
            "texts" => json!({ "type": "array", "items": { "type": "string" } }),
            name if name.starts_with('#') => json!({ "$ref": format!("#/components/schemas/{}", &name[1..]) }),
            name if name.starts_with('*') => {
                json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{}", &name[1..]) } })
            }
            _ => json!({ "type": "string" }),
        };
        properties.insert((*name).to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties })
}

type Shape = (&'static str, &'static [(&'static str, &'static str)]);

/// Every shape that is answered, by its name.
const SHAPES: &[Shape] = &[
    (
        "CaseLine",
        &[
            ("id", "text"),
            ("state", "text"),
            ("state_name", "text"),
            ("code", "text?"),
            ("opinion_number", "text?"),
            ("item", "#Item"),
            ("examinee_name", "text"),
            ("client_name", "text"),
            ("institution_name", "text"),
            ("received_on", "date"),
            ("due_on", "date"),
            ("due_provisional", "bool"),
            ("urgency", "text"),
            ("due", "text"),
        ],
    ),
    (
        "Case",
        &[
            ("id", "text"),
            ("version", "int"),
            ("state", "text"),
            ("state_name", "text"),
            ("code", "text?"),
            ("opinion_number", "text?"),
            ("received_on", "date"),
            ("due_on", "date"),
            ("due_provisional", "bool"),
            ("urgency", "text"),
            ("due", "text"),
            ("institution", "object"),
            ("client", "object"),
            ("item", "#Item"),
            ("matter", "text"),
            ("purpose", "text"),
            ("case_facts", "text"),
            ("examinee", "object"),
            ("team", "array"),
            ("steps", "*OpenStep"),
            ("follow_ups", "texts"),
        ],
    ),
    ("Item", &[("code", "text"), ("name", "text")]),
    (
        "OpenStep",
        &[
            ("action", "text"),
            ("name", "text"),
            ("article", "text"),
            ("by", "texts"),
            ("mine", "bool"),
            ("may", "bool"),
            ("objections", "*Objection"),
        ],
    ),
    ("Objection", &[("what", "text"), ("article", "text"), ("remedy", "text")]),
    ("FieldError", &[("field", "text"), ("message", "text")]),
    (
        "Problem",
        &[
            ("type", "text"),
            ("title", "text"),
            ("status", "int"),
            ("detail", "text"),
            ("request_id", "text"),
            ("errors", "*FieldError"),
            ("objections", "*Objection"),
        ],
    ),
    (
        "Event",
        &[
            ("action", "text"),
            ("name", "text"),
            ("actor_name", "text"),
            ("actor_role", "text"),
            ("at", "instant"),
            ("detail", "array"),
        ],
    ),
    (
        "Term",
        &[
            ("rule", "text"),
            ("name", "text"),
            ("article", "text"),
            ("starts", "date"),
            ("length", "text"),
            ("due_on", "date"),
            ("provisional", "bool"),
            ("paused_from", "date"),
            ("stopped_on", "date"),
            ("outcome", "text"),
            ("explanation", "texts"),
        ],
    ),
    (
        "Paper",
        &[
            ("id", "text"),
            ("kind", "text"),
            ("title", "text"),
            ("file_name", "text"),
            ("sha256", "text?"),
            ("pages", "int"),
            ("made_at", "instant"),
        ],
    ),
    (
        "File",
        &[
            ("id", "text"),
            ("name", "text"),
            ("sha256", "text"),
            ("size", "int"),
            ("media_type", "text"),
            ("added_by", "text"),
            ("added_at", "instant"),
        ],
    ),
    (
        "Draft",
        &[
            ("version", "int"),
            ("sha256", "text"),
            ("case_facts", "text"),
            ("data_abstract", "text"),
            ("process", "text"),
            ("analysis", "text"),
            ("opinion", "text"),
            ("annexes", "text"),
            ("dissent", "text"),
            ("dissenter", "text"),
            ("annex", "texts"),
        ],
    ),
    ("NewFile", &[("id", "text"), ("name", "text"), ("sha256", "text"), ("size", "int")]),
    (
        "Material",
        &[
            ("code", "text"),
            ("version", "int"),
            ("name", "text"),
            ("kind", "text"),
            ("quantity", "text"),
            ("properties", "text"),
            ("state", "text"),
            ("holder", "text"),
            ("holder_name", "text?"),
            ("since", "instant"),
            ("seal", "text?"),
            ("left", "int?"),
            ("unit", "text"),
            ("irregularities", "int"),
            ("case_id", "text?"),
            ("events", "*CustodyEvent"),
        ],
    ),
    (
        "CustodyEvent",
        &[
            ("kind", "text"),
            ("name", "text"),
            ("at", "instant"),
            ("recorded_at", "instant"),
            ("by", "text"),
            ("from", "text?"),
            ("to", "text?"),
            ("awaits", "text?"),
            ("amount", "int?"),
            ("seal", "text?"),
            ("note", "text"),
        ],
    ),
    (
        "Place",
        &[
            ("id", "text"),
            ("parent_id", "text?"),
            ("kind", "text"),
            ("name", "text"),
            ("path", "text"),
            ("capacity", "int?"),
            ("held", "int"),
        ],
    ),
    (
        "Volume",
        &[
            ("ended_on", "date"),
            ("file_by", "date"),
            ("filed_on", "date"),
            ("shelf", "text?"),
            ("is_held", "bool"),
            ("is_kept_for_good", "bool"),
            ("kept_until", "date"),
            ("article", "text?"),
            ("items", "array"),
            ("missing", "array"),
        ],
    ),
    (
        "Hint",
        &[
            ("kind", "text"),
            ("name", "text"),
            ("institution_name", "text"),
            ("facts", "text"),
            ("article", "text"),
            ("case_id", "text"),
            ("at", "instant"),
        ],
    ),
    (
        "Fees",
        &[
            ("payment_code", "text"),
            ("version", "int"),
            ("balance", "object"),
            ("entries", "array"),
            ("proposal", "object"),
        ],
    ),
    (
        "Record",
        &[
            ("id", "text"),
            ("number", "int"),
            ("version", "int"),
            ("entry", "object"),
            ("late", "bool"),
            ("author_name", "text"),
            ("entered_at", "instant"),
            ("is_confirmed", "bool"),
            ("files", "int"),
        ],
    ),
    (
        "Institution",
        &[
            ("id", "text"),
            ("name", "text"),
            ("district", "text"),
            ("address", "text"),
            ("phone", "text"),
            ("licence", "object"),
            ("appraisers", "array"),
        ],
    ),
    (
        "Notice",
        &[
            ("id", "text"),
            ("case_id", "text"),
            ("text", "text"),
            ("state", "text"),
            ("at", "instant"),
            ("is_read", "bool"),
        ],
    ),
    (
        "Opinion",
        &[
            ("number", "text"),
            ("standing", "text"),
            ("issued_on", "date"),
            ("sha256", "text"),
            ("institution", "text"),
            ("institution_licence", "text"),
            ("appraisers", "array"),
            ("item", "text"),
            ("case_code", "text"),
            ("pages", "int"),
            ("corrections", "array"),
            ("withdrawal", "object"),
        ],
    ),
];

/// The schemas of what is answered.
pub(super) fn answers() -> serde_json::Map<String, Json> {
    SHAPES.iter().map(|(name, fields)| ((*name).to_owned(), object(fields))).collect()
}
