//! What the forms of materials ask for, told by the forms themselves.

use super::forms;
use super::rules::Deed;
use crate::web::Form;
use crate::web::described::{Field, describing};
use jiff::civil::Date;

/// The fields of a material that is brought, of a receipt, and of all deeds together: each deed reads its own.
pub struct Described {
    pub another: Vec<Field>,
    pub receipt: Vec<Field>,
    pub deeds: Vec<Field>,
}

pub fn described(today: Date) -> Described {
    let form = Form::default();
    let (_, another) = describing(|| forms::another(&form, today, today).is_ok());
    let (_, receipt) = describing(|| forms::receipt(&form, today, today).is_ok());
    let (_, mut deeds) = describing(|| {
        for deed in Deed::ALL {
            let _ = forms::input(*deed, &form, "");
        }
    });
    deeds.iter_mut().for_each(|field| field.required = false);
    Described { another, receipt, deeds }
}
