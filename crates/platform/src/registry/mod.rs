//! The register: institutions, appraisers, their licences with validity and scope, the tree of categories.

mod categories;
pub mod import;
mod licence;
mod pages;
pub mod store;

pub use categories::{Categories, Category, ItemCode};
pub use licence::{Interruption, Licence, Standing};
pub use pages::{district_code, district_codes, district_name};
pub use store::{Appraiser, Institution, Organisation, Title};

use crate::Feature;
use crate::web::NavItem;

pub const FEATURE: Feature = Feature {
    name: "registry",
    routes: pages::routes,
    navigation: &[NavItem { path: "/institutions", label: "机构名录", shown: |_| true }],
    case_tabs: &[],
};

crate::text_columns!(ItemCode);
