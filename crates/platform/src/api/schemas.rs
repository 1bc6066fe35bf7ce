//! The shapes of what is sent and answered, as JSON schemas: of forms from the forms themselves.

use super::answered;
use crate::text::Lang;
use crate::web::described::{Described, Field, Kind};
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

/// The schemas of what is answered.
pub(super) fn answers() -> serde_json::Map<String, Json> {
    answered::SHAPES.iter().map(|(name, fields)| ((*name).to_owned(), object(fields))).collect()
}
