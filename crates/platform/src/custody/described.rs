//! What the forms of materials ask for, told by the forms themselves.

use super::forms;
use super::rules::Deed;
use crate::web::Form;
use crate::web::described::{self, Field, describe, describing};
use jiff::civil::Date;

/// What is asked for of a material that is brought, of a receipt, and of all deeds together: each deed reads its own fields.
pub struct Described {
    pub another: described::Described,
    pub receipt: described::Described,
    pub deeds: Vec<Field>,
}

pub fn described(today: Date) -> Described {
    let another = describe(&[], |form| forms::another(form, today, today).err());
    let receipt = describe(&[], |form| forms::receipt(form, today, today).err());
    let (_, deeds) = describing(|| {
        for deed in Deed::ALL {
            let _ = forms::input(*deed, &Form::default(), "");
        }
    });
    Described { another, receipt, deeds }
}
