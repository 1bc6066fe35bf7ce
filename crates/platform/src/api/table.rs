//! Every operation of the interface but the steps, which the table of the procedure lists itself: what it is, what it asks
//! for, what it answers.

/// A parameter of the query.
pub(super) struct Asks {
    pub name: &'static str,
    pub about: &'static str,
}

pub(super) struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    pub scope: &'static str,
    pub about: &'static str,
    pub asks: &'static [Asks],
    /// The schema of what is sent; empty where nothing is, or bytes are.
    pub body: &'static str,
    /// The schema of the answer; empty for bytes.
    pub answer: &'static str,
    pub is_list: bool,
}

const fn get(
    path: &'static str,
    id: &'static str,
    scope: &'static str,
    answer: &'static str,
    about: &'static str,
) -> Operation {
    Operation { method: "get", path, id, scope, about, asks: &[], body: "", answer, is_list: false }
}

const PAGE: Asks = Asks { name: "page", about: "Counted from 1." };
const PURPOSE: Asks = Asks { name: "purpose", about: "What for; the bureau, and anybody once it is filed, must say." };
const PER_PAGE: Asks = Asks { name: "per_page", about: "Rows of a page: 1 to 200, 50 where nothing is said." };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        asks: &[
            Asks { name: "show", about: "mine, overdue, soon or all (the default)." },
            Asks { name: "state", about: "Only cases in this state." },
            Asks { name: "q", about: "Search in names and numbers; then a page has 50 rows." },
            Asks { name: "texts", about: "yes: search in opinions and records as well." },
            PAGE,
            PER_PAGE,
        ],
        is_list: true,
        ..get("/api/v1/cases", "listCases", "cases:read", "CaseLine", "Cases in scope, the most pressing first.")
    },
    Operation {
        method: "post",
        body: "Entrustment",
        ..get(
            "/api/v1/cases",
            "entrustCase",
            "cases:write",
            "Case",
            "A client entrusts a case (T01). Every fault is told at once.",
        )
    },
    get("/api/v1/cases/{id}", "getCase", "cases:read", "Case", "A case, and which steps can be taken now or why not."),
    Operation {
        is_list: true,
        ..get("/api/v1/cases/{id}/events", "listEvents", "cases:read", "Event", "What happened, newest first.")
    },
    Operation {
        is_list: true,
        ..get("/api/v1/cases/{id}/terms", "listTerms", "cases:read", "Term", "Legal terms with how they are reckoned.")
    },
    Operation {
        is_list: true,
        ..get("/api/v1/cases/{id}/papers", "listPapers", "cases:read", "Paper", "Papers of the case.")
    },
    get("/api/v1/cases/{id}/papers/{paper}", "getPaper", "files:read", "", "A paper as PDF."),
    Operation {
        is_list: true,
        ..get("/api/v1/cases/{id}/files", "listFiles", "cases:read", "File", "Uploaded files of the case.")
    },
    get("/api/v1/cases/{id}/files/{file}", "getFile", "files:read", "", "The bytes of an uploaded file."),
    Operation {
        is_list: true,
        ..get(
            "/api/v1/cases/{id}/materials",
            "listMaterials",
            "custody:read",
            "Material",
            "Materials and who holds them.",
        )
    },
    Operation {
        method: "post",
        body: "AnotherMaterial",
        is_list: true,
        ..get(
            "/api/v1/cases/{id}/materials",
            "registerMaterial",
            "custody:write",
            "Material",
            "A material that was brought: entered and received.",
        )
    },
    Operation {
        method: "post",
        body: "Receipt",
        is_list: true,
        ..get(
            "/api/v1/cases/{id}/materials/receive",
            "receiveMaterials",
            "custody:write",
            "Material",
            "Announced materials come in: `code` names them, state_CODE and seal_CODE say how each came.",
        )
    },
    Operation {
        method: "post",
        body: "Deed",
        ..get(
            "/api/v1/materials/{code}/deeds/{deed}",
            "actOnMaterial",
            "custody:write",
            "Material",
            "A hand-over, a sealing, a consumption, a return …, by the version that was seen.",
        )
    },
    get("/api/v1/cases/{id}/draft", "getDraft", "cases:read", "Draft", "The newest draft; not for clients."),
    Operation {
        method: "post",
        body: "Draft",
        ..get(
            "/api/v1/cases/{id}/draft",
            "saveDraft",
            "cases:write",
            "Draft",
            "The next version of the draft, after the version that was seen (0 before the first).",
        )
    },
    Operation {
        method: "post",
        asks: &[Asks { name: "name", about: "The file's name." }],
        ..get(
            "/api/v1/cases/{id}/files",
            "addFile",
            "files:write",
            "NewFile",
            "A file beside the case; the body is its bytes.",
        )
    },
    Operation {
        method: "post",
        body: "Record_entry",
        ..get(
            "/api/v1/cases/{id}/records",
            "writeRecord",
            "cases:write",
            "Record",
            "An examination record, by an appraiser of the case; a late one needs its reason and says so for ever.",
        )
    },
    Operation {
        method: "post",
        body: "Record_entry",
        ..get(
            "/api/v1/cases/{id}/records/{record}",
            "correctRecord",
            "cases:write",
            "Record",
            "The next version of a record, with the reason, after the version that was seen; the one before stays.",
        )
    },
    Operation {
        method: "post",
        body: "Seen",
        ..get(
            "/api/v1/cases/{id}/records/{record}/confirm",
            "confirmRecord",
            "cases:write",
            "Record",
            "An appraiser of the case confirms the version that was seen.",
        )
    },
    Operation {
        method: "post",
        body: "FeeAct",
        ..get(
            "/api/v1/cases/{id}/fees/{act}",
            "actOnFees",
            "fees:write",
            "Fees",
            "quote, agreement, receipts, relief, relief-decision, write-off or refund, by the version that was seen. A refund \
             without do=refund answers the proposal of the rules and writes nothing.",
        )
    },
    get(
        "/api/v1/cases/{id}/volume",
        "getVolume",
        "archive:read",
        "Volume",
        "The volume in its order, what is missing, until when it is kept. The reading is logged.",
    ),
    Operation {
        asks: &[PURPOSE],
        ..get(
            "/api/v1/cases/{id}/volume.pdf",
            "getVolumePdf",
            "archive:read",
            "",
            "The whole volume as one PDF; logged.",
        )
    },
    Operation {
        asks: &[PURPOSE],
        ..get(
            "/api/v1/cases/{id}/volume.zip",
            "getVolumeZip",
            "archive:read",
            "",
            "The volume with every file and checksums; logged.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "show", about: "mine, waiting, arriving, irregular or all in keeping (the default)." },
            PAGE,
            PER_PAGE,
        ],
        is_list: true,
        ..get("/api/v1/materials", "listAllMaterials", "custody:read", "Material", "Materials of all cases in scope.")
    },
    get(
        "/api/v1/materials/{code}",
        "getMaterial",
        "custody:read",
        "Material",
        "A material by the code on its label, with everything that happened to it in `events`.",
    ),
    Operation {
        is_list: true,
        ..get(
            "/api/v1/places",
            "listPlaces",
            "custody:read",
            "Place",
            "Rooms, cabinets and shelves of the own institution.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "kind", about: "Only hints of this kind." },
            Asks { name: "institution", about: "Only of this institution, by its id." },
            PAGE,
            PER_PAGE,
        ],
        is_list: true,
        ..get("/api/v1/hints", "listHints", "supervision:read", "Hint", "What acts have pointed out; for supervisors.")
    },
    get("/api/v1/cases/{id}/fees", "getFees", "fees:read", "Fees", "The fee account; sums in fen."),
    Operation {
        is_list: true,
        ..get(
            "/api/v1/cases/{id}/records",
            "listRecords",
            "cases:read",
            "Record",
            "Examination records in their newest version; not for clients.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "name", about: "A part of the name." },
            Asks { name: "district", about: "Code of a district." },
            Asks { name: "item", about: "Code of an appraisal item or field that the licence covers." },
            PAGE,
            PER_PAGE,
        ],
        is_list: true,
        ..get("/api/v1/institutions", "listInstitutions", "register:read", "Institution", "The register, by name.")
    },
    get(
        "/api/v1/institutions/{id}",
        "getInstitution",
        "register:read",
        "Institution",
        "An institution with its appraisers.",
    ),
    Operation {
        asks: &[PAGE, PER_PAGE],
        is_list: true,
        ..get("/api/v1/notices", "listNotices", "notices:read", "Notice", "Notices of the token's owner, newest first.")
    },
    get("/api/v1/verify/{code}", "verifyOpinion", "register:read", "Opinion", "An issued opinion by its check code."),
];
