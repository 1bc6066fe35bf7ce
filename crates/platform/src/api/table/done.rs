//! What is done.

use super::{Asks, Operation, act};

pub(super) const OPERATIONS: &[Operation] = &[
    act(
        "/api/v1/cases",
        "entrustCase",
        "cases:write",
        "Entrustment",
        "Case",
        "A client entrusts a case (T01). Every fault is told at once.",
    ),
    Operation {
        is_list: true,
        ..act(
            "/api/v1/cases/{id}/materials",
            "registerMaterial",
            "custody:write",
            "AnotherMaterial",
            "Material",
            "A material that was brought: entered and received.",
        )
    },
    Operation {
        is_list: true,
        ..act(
            "/api/v1/cases/{id}/materials/receive",
            "receiveMaterials",
            "custody:write",
            "Receipt",
            "Material",
            "Announced materials come in: `code` names them, state_CODE and seal_CODE say how each came.",
        )
    },
    act(
        "/api/v1/materials/{code}/deeds/{deed}",
        "actOnMaterial",
        "custody:write",
        "Deed",
        "Material",
        "A hand-over, a sealing, a consumption, a return …, by the version that was seen.",
    ),
    act(
        "/api/v1/cases/{id}/draft",
        "saveDraft",
        "cases:write",
        "Draft",
        "Draft",
        "The next version of the draft, after the version that was seen (0 before the first).",
    ),
    Operation {
        asks: &[Asks { name: "name", about: "The file's name." }],
        ..act(
            "/api/v1/cases/{id}/files",
            "addFile",
            "files:write",
            "",
            "NewFile",
            "A file beside the case; the body is its bytes.",
        )
    },
    act(
        "/api/v1/cases/{id}/records",
        "writeRecord",
        "cases:write",
        "Record_entry",
        "Record",
        "An examination record, by an appraiser of the case; a late one needs its reason and says so for ever.",
    ),
    act(
        "/api/v1/cases/{id}/records/{record}",
        "correctRecord",
        "cases:write",
        "Record_entry",
        "Record",
        "The next version of a record, with the reason, after the version that was seen; the one before stays.",
    ),
    act(
        "/api/v1/cases/{id}/records/{record}/confirm",
        "confirmRecord",
        "cases:write",
        "Seen",
        "Record",
        "An appraiser of the case confirms the version that was seen.",
    ),
    act(
        "/api/v1/cases/{id}/fees/{act}",
        "actOnFees",
        "fees:write",
        "FeeAct",
        "Fees",
        "quote, agreement, receipts, relief, relief-decision, write-off or refund, by the version that was seen. A refund \
             without do=refund answers the proposal of the rules and writes nothing.",
    ),
    act(
        "/api/v1/cases/{id}/volume/hold",
        "decideHold",
        "archive:write",
        "Hold",
        "Volume",
        "A legal hold is set or lifted, with the reason; by the head or a supervisor.",
    ),
    act(
        "/api/v1/cases/{id}/volume/filing",
        "fileVolume",
        "archive:write",
        "Filing",
        "Volume",
        "The volume of a case that ended without an opinion is filed; what is missing from it is told.",
    ),
    Operation {
        is_list: true,
        ..act(
            "/api/v1/fees/statement",
            "recordStatement",
            "fees:write",
            "",
            "Payment",
            "A bank's statement (CSV in UTF-8): every row finds its account and is recorded, or none is and each is told.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "kind", about: "cases, institutions, appraisers or organisations." },
            Asks { name: "name", about: "The file's name." },
        ],
        ..act(
            "/api/v1/imports",
            "uploadImport",
            "imports:write",
            "",
            "Import",
            "A ledger or register (XLSX, XLS, ODS, CSV) is read; its columns are proposed, nothing is entered.",
        )
    },
    Operation {
        status: "202",
        ..act(
            "/api/v1/imports/{id}/check",
            "checkImport",
            "imports:write",
            "Columns",
            "Import",
            "Every row is checked and nothing entered. A field that is not sent keeps the column proposed for it.",
        )
    },
    Operation {
        status: "202",
        ..act(
            "/api/v1/imports/{id}/import",
            "runImport",
            "imports:write",
            "Nothing",
            "Import",
            "What was checked is imported, all or nothing; look at the import until its state is done.",
        )
    },
    Operation {
        is_list: true,
        ..act(
            "/api/v1/cases/{id}/draft/comments",
            "writeComment",
            "cases:write",
            "NewComment",
            "Comment",
            "A reviewer remarks on a passage of the version that was seen.",
        )
    },
    Operation {
        is_list: true,
        ..act(
            "/api/v1/cases/{id}/draft/comments/{comment}",
            "replyToComment",
            "cases:write",
            "Reply",
            "Comment",
            "A comment is answered, resolved or withdrawn.",
        )
    },
    Operation {
        asks: &[
            Asks { name: "name", about: "The file's name; its ending must agree with its content." },
            Asks { name: "note", about: "What it shows." },
        ],
        ..act(
            "/api/v1/cases/{id}/records/{record}/files",
            "addToRecord",
            "files:write",
            "",
            "NewFile",
            "A photo, sound, film or document of a record; the body is its bytes.",
        )
    },
    Operation {
        asks: &[Asks { name: "name", about: "The file's name." }],
        ..act(
            "/api/v1/materials/{code}/photos",
            "addPhoto",
            "files:write",
            "",
            "NewFile",
            "A photograph of a material (JPEG, PNG, WebP); the body is its bytes.",
        )
    },
    Operation {
        is_list: true,
        ..act(
            "/api/v1/places",
            "arrangePlaces",
            "custody:write",
            "PlaceChange",
            "Place",
            "A place is added or changed, or whether moves need a witness.",
        )
    },
    Operation {
        status: "200",
        ..act(
            "/api/v1/notices/read",
            "markRead",
            "notices:write",
            "Read",
            "Unread",
            "One notice, or all, are marked as read.",
        )
    },
    Operation {
        status: "200",
        ..act(
            "/api/v1/track",
            "track",
            "register:read",
            "Track",
            "Progress",
            "Where a case stands, by number and short code; no personal data.",
        )
    },
];
