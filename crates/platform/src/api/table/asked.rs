//! What is looked up.

use super::{Asks, Operation, get, list};

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
    get("/api/v1/cases/{id}", "getCase", "cases:read", "Case", "A case, and which steps can be taken now or why not."),
    list("/api/v1/cases/{id}/events", "listEvents", "cases:read", "Event", "What happened, newest first."),
    list("/api/v1/cases/{id}/terms", "listTerms", "cases:read", "Term", "Legal terms with how they are reckoned."),
    list("/api/v1/cases/{id}/papers", "listPapers", "cases:read", "Paper", "Papers of the case."),
    get("/api/v1/cases/{id}/papers/{paper}", "getPaper", "files:read", "", "A paper as PDF."),
    list("/api/v1/cases/{id}/files", "listFiles", "cases:read", "File", "Uploaded files of the case."),
    get("/api/v1/cases/{id}/files/{file}", "getFile", "files:read", "", "The bytes of an uploaded file."),
    list("/api/v1/cases/{id}/materials", "listMaterials", "custody:read", "Material", "Materials and who holds them."),
    get("/api/v1/cases/{id}/draft", "getDraft", "cases:read", "Draft", "The newest draft; not for clients."),
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
    list(
        "/api/v1/places",
        "listPlaces",
        "custody:read",
        "Place",
        "Rooms, cabinets and shelves of the own institution.",
    ),
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
    list(
        "/api/v1/cases/{id}/records",
        "listRecords",
        "cases:read",
        "Record",
        "Examination records in their newest version; not for clients.",
    ),
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
    Operation {
        asks: &[
            Asks { name: "show", about: "open (to be filed, the oldest first; the default) or filed." },
            PAGE,
            PER_PAGE,
        ],
        ..list("/api/v1/volumes", "listVolumes", "archive:read", "VolumeLine", "Volumes to be filed, or filed.")
    },
    Operation {
        asks: &[PAGE, PER_PAGE],
        ..list(
            "/api/v1/fees",
            "listOwed",
            "fees:read",
            "Owed",
            "Accounts on which something is owed, the oldest first.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "region", about: "Word of a rule pack, e.g. shanghai (the default)." },
            Asks { name: "on", about: "The day on which it is to be in force; today where nothing is said." },
        ],
        ..list("/api/v1/tariff", "getTariff", "register:read", "TariffRow", "The tariff of a region on a day.")
    },
    Operation {
        asks: &[PAGE, PER_PAGE],
        ..list(
            "/api/v1/imports",
            "listImports",
            "imports:read",
            "Import",
            "Imports of the own organisation, newest first.",
        )
    },
    get("/api/v1/imports/{id}", "getImport", "imports:read", "Import", "An import as it stands, with its progress."),
    get(
        "/api/v1/imports/{id}/faults",
        "getImportFaults",
        "imports:read",
        "",
        "The faulty rows as XLSX, with what is wrong beside each.",
    ),
    get(
        "/api/v1/cases/{id}/draft.pdf",
        "previewOpinion",
        "cases:read",
        "",
        "The opinion as it would be printed, marked as not issued.",
    ),
    list(
        "/api/v1/cases/{id}/draft/findings",
        "listFindings",
        "cases:read",
        "Finding",
        "What the opinion check finds in the newest draft; only errors block.",
    ),
    list(
        "/api/v1/cases/{id}/draft/comments",
        "listComments",
        "cases:read",
        "Comment",
        "What reviewers remark, the oldest first; not for clients.",
    ),
    get(
        "/api/v1/cases/{id}/records/{record}",
        "getRecord",
        "cases:read",
        "Record",
        "A record with every version, who confirmed it, and its files.",
    ),
    get(
        "/api/v1/cases/{id}/records/{record}/files/{file}",
        "getRecordFile",
        "files:read",
        "",
        "The bytes of a record's file.",
    ),
    get("/api/v1/materials/{code}/photos/{file}", "getPhoto", "files:read", "", "The bytes of a photograph."),
    get(
        "/api/v1/cases/{id}/labels.pdf",
        "getLabels",
        "custody:read",
        "",
        "Labels with QR codes of every material of the case.",
    ),
    Operation {
        asks: &[PAGE, PER_PAGE],
        ..list(
            "/api/v1/cases/{id}/notices",
            "listToldOfCase",
            "cases:read",
            "Told",
            "What was told to whom about a case; not for clients.",
        )
    },
    get(
        "/api/v1/cases/{id}/tracking",
        "getTracking",
        "cases:read",
        "Tracking",
        "The number and short code with which a party sees where the case stands.",
    ),
];
