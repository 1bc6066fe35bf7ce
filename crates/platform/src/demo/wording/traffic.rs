//! 交通事故痕迹物证: contact of two vehicles, speed, and the technical state of a vehicle.

use super::{Rng, Scene, Wording, fill, list, material, plate, tenths};
use crate::demo::city::{CityMaterial, CityOpinion, MaterialKind};

const GENERAL: &str = "SF/T 0072-2020《道路交通事故痕迹物证鉴定通用规范》";

pub fn vehicles(scene: &Scene, rng: &mut Rng) -> Wording {
    let (car, other) = (plate(rng), plate(rng));
    match rng.weighted(&[45, 35, 20]) {
        0 => contact(scene, rng, &car, &other),
        1 => speed(scene, rng, &car, &other),
        _ => condition(scene, rng, &car),
    }
}

fn event(scene: &Scene, rng: &mut Rng, car: &str, other: &str) -> String {
    let text = rng.pick(&[
        "据委托方介绍：{day}，号牌为{car}的小型轿车沿听松路由东向西行驶至采薇路口时，与由南向北行驶的号牌为{other}的二轮电动车发生交通事故，造成车辆损坏、人员受伤。",
        "据委托方介绍：{day}，号牌为{car}的重型自卸货车在栖梧路右转弯过程中，与同向直行的号牌为{other}的电动自行车发生事故，致一人受伤。双方对事故经过陈述不一。",
        "据委托方介绍：{day}，在演示大道近拾光路处，号牌为{car}的小型普通客车与号牌为{other}的小型轿车发生碰撞，两车不同程度受损。",
    ]);
    fill(text, &[("day", &scene.happened()), ("car", car), ("other", other)])
}

fn vehicle(plate: &str) -> CityMaterial {
    material(&format!("号牌为{plate}的车辆"), MaterialKind::Object, 1, "辆", "停放于演示事故车辆停车场，已封存")
}

fn contact(scene: &Scene, rng: &mut Rng, car: &str, other: &str) -> Wording {
    let methods = [GENERAL, "GA/T 1087-2021《道路交通事故痕迹鉴定》", "GA/T 41-2019《道路交通事故现场痕迹物证勘查》"];
    let (low, high) = (rng.between(28, 44), rng.between(52, 71));
    let touched = rng.per_mille(850);
    let (compared, conclusion) = if touched {
        (
            "上述两处痕迹在离地高度、形成机理、受力方向及表面附着物颜色上相互吻合，可认定系两车相互接触所形成。",
            format!("号牌为{car}的车辆右前部与号牌为{other}的车辆左侧中部发生过碰撞接触。"),
        )
    } else {
        (
            "上述痕迹的离地高度不重合，受力方向相反，且附着物质的颜色与对方车辆涂层不同，不具备相互接触形成的条件。",
            format!("未发现号牌为{car}的车辆与号牌为{other}的车辆有过碰撞接触的痕迹。"),
        )
    };
    let process = format!(
        "（一）检验方法\n按照{}、{}、{}进行检验。\n（二）检验所见（{}）\n1. {car}车：前保险杠右侧距地面{low}～{high}cm处见由前向后的条状擦划痕迹，表面附着蓝色物质，右前翼子板凹陷变形，右前大灯罩碎裂；右后视镜外壳由前向后折叠。\n\
         2. {other}车：左侧脚踏板外缘距地面{}～{}cm处见白色物质附着，左后护板塑料件由左向右断裂，车把左端橡胶套磨损并粘附沥青颗粒。\n\
         3. 比对：将两车按接触姿态拼对，{compared}",
        methods[0],
        methods[1],
        methods[2],
        scene.examined(),
        low + 1,
        high - 1
    );
    let opinion = CityOpinion {
        digest: format!(
            "道路交通事故现场图（{}）载明：两车停止位置相距{}m，路面为干燥沥青，视线良好；路面见二轮车倒地挫划痕迹一条，长{}m，起点位于机动车道右侧边缘线内{}m。",
            scene.happened(),
            tenths(rng.between(12, 160)),
            tenths(rng.between(8, 95)),
            tenths(rng.between(2, 14))
        ),
        process,
        analysis: format!(
            "经对现场图、现场照片及两车痕迹综合分析：{compared}结合路面挫划痕迹的起点及走向，与委托方提供的事故经过的主要情节{}。",
            if touched { "相符" } else { "不能相互印证" }
        ),
        conclusion,
        annexes: list(&["车辆痕迹照片八张", "痕迹比对示意图一张", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&methods),
        place: "演示事故车辆停车场".to_owned(),
        present: "委托方派员一名".to_owned(),
    };
    Wording {
        matter: format!("对号牌为{car}的车辆与号牌为{other}的车辆是否发生过碰撞接触进行鉴定"),
        purpose: "道路交通事故处理".to_owned(),
        case_facts: event(scene, rng, car, other),
        object: format!("{car}、{other}车辆"),
        materials: vec![
            vehicle(car),
            vehicle(other),
            material("现场图、现场照片", MaterialKind::Document, 1, "套", "复印件，光盘一张"),
        ],
        opinion,
    }
}

fn speed(scene: &Scene, rng: &mut Rng, car: &str, other: &str) -> Wording {
    let by_video = rng.per_mille(700);
    let method = if by_video {
        "GA/T 1133-2014《基于视频图像的车辆行驶速度技术鉴定》"
    } else {
        "GB/T 33195-2016《道路交通事故车辆速度鉴定》"
    };
    // Both speeds in tenths of km/h, from lengths in tenths of a metre.
    let (kmh, formula, data) = if by_video {
        let (length, frames) = (rng.between(62, 110), rng.between(11, 19));
        let data = format!(
            "监控视频帧率为25帧/秒，连续播放无丢帧。选取车辆前轮先后经过的两处路面固定参照物，经现场测量，两参照物沿行驶方向的距离为{}m，前轮经过该距离历时{frames}帧，即{}.{:02}s。",
            tenths(length),
            frames / 25,
            frames % 25 * 4
        );
        (length * 25 * 36 / frames / 10, "v = s / t × 3.6", data)
    } else {
        let length = rng.between(98, 260);
        let data = format!(
            "现场路面为干燥沥青，经拖印试验附着系数μ取0.70；{car}车左、右前轮制动印迹分别长{}m、{}m，车辆停止于印迹末端，按较短者计算。",
            tenths(length + rng.between(1, 8)),
            tenths(length)
        );
        // 2 μ g is 13.72 m/s².
        ((36 * 36 * 1372 * length / 1000).isqrt(), "v = √(2μgs) × 3.6", data)
    };
    let limit = rng.pick(&["40", "50", "60"]);
    let conclusion = format!("号牌为{car}的车辆在事故发生前的行驶速度约为{}km/h（±5%）。", tenths(kmh));
    let opinion = CityOpinion {
        digest: format!(
            "委托方提供的现场图载明：该路段限速{limit}km/h，双向四车道，天气晴，路面干燥，无影响视线的障碍物。视频光盘一张，内有路口监控文件1个，大小{}MB，完整性校验值已登记。",
            rng.between(18, 240)
        ),
        process: format!(
            "（一）检验方法\n{GENERAL}；{method}。\n（二）检验过程（{}）\n{data}由两名鉴定人独立判读，取平均值。\n（三）计算\n{formula}，经计算得{}km/h，考虑测量及判读误差，给出±5%的不确定度。",
            scene.examined(),
            tenths(kmh)
        ),
        analysis: format!(
            "所选参照物固定、清晰，车辆在所选区间内无明显加、减速，测量条件满足{method}的要求，结果可靠。该路段限速为{limit}km/h，是否超速由委托人依法认定。"
        ),
        conclusion,
        annexes: list(&["视频截图四张", "现场测量照片三张", "速度计算表一份", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, method]),
        place: scene.room("交通事故鉴定室"),
        present: String::new(),
    };
    Wording {
        matter: format!("对号牌为{car}的车辆在事故发生时的行驶速度进行鉴定"),
        purpose: "道路交通事故处理".to_owned(),
        case_facts: event(scene, rng, car, other),
        object: format!("{car}车辆"),
        materials: vec![
            material("监控视频光盘", MaterialKind::Data, 1, "张", "MP4文件1个，已登记校验值"),
            material("现场图、现场照片", MaterialKind::Document, 1, "套", "复印件"),
        ],
        opinion,
    }
}

fn condition(scene: &Scene, rng: &mut Rng, car: &str) -> Wording {
    let methods =
        [GENERAL, "GB 7258-2017《机动车运行安全技术条件》", "GA/T 642-2020《道路交通事故车辆安全技术检验鉴定》"];
    let faulty = rng.per_mille(400);
    let brakes = if faulty {
        "左后轮制动蹄片磨损至铆钉外露，制动分泵渗油，左后轮制动力明显不足"
    } else {
        "制动管路无泄漏，制动液位正常，踏板自由行程及各轮制动器工作正常"
    };
    let conclusion = if faulty {
        format!("号牌为{car}的车辆左后轮制动性能不符合GB 7258-2017的要求，转向、灯光装置事故前工作有效。")
    } else {
        format!("号牌为{car}的车辆事故前制动、转向及灯光装置工作有效。")
    };
    let opinion = CityOpinion {
        digest: format!(
            "机动车行驶证复印件载明：号牌{car}，使用性质非营运，检验有效期在事故日期之后。委托方出具的《检验车辆交接单》载明车辆封存完好。"
        ),
        process: format!(
            "（一）检验方法\n{}。\n（二）检验所见（{}）\n1. 制动系统：{brakes}。\n2. 转向系统：转向盘转动灵活，最大自由转动量{}°，横、直拉杆及球头无松旷、断裂。\n3. 灯光：左前照灯因碰撞破损，灯丝形态符合通电状态下受冲击特征，其余灯光工作正常。\n4. 轮胎：四轮规格一致，花纹深度{}～{}mm，无爆裂。",
            methods.join("、"),
            scene.examined(),
            rng.between(4, 14),
            tenths(rng.between(21, 34)),
            tenths(rng.between(40, 62))
        ),
        analysis: format!(
            "根据检验所见并排除事故碰撞造成的损坏，{brakes}，该状态{}。",
            if faulty { "形成于事故之前，不符合标准要求" } else { "符合标准要求" }
        ),
        conclusion,
        annexes: list(&["车辆检验照片十张", "检验记录表一份", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&methods),
        place: "演示事故车辆停车场".to_owned(),
        present: "委托方派员一名".to_owned(),
    };
    Wording {
        matter: format!("对号牌为{car}的车辆的安全技术状况进行鉴定"),
        purpose: "道路交通事故处理".to_owned(),
        case_facts: fill(
            "据委托方介绍：{day}，号牌为{car}的车辆在怀瑾路发生单方交通事故，驾驶人称事发时车辆制动失灵。为查明事故成因，需对该车的安全技术状况进行鉴定。",
            &[("day", &scene.happened()), ("car", car)],
        ),
        object: format!("{car}车辆"),
        materials: vec![vehicle(car), material("机动车行驶证", MaterialKind::Document, 1, "份", "复印件")],
        opinion,
    }
}
