use screening::{city, judge, screen, sector};
use std::io::Read;
fn cpu() -> f64 { let s=std::fs::read_to_string("/proc/self/stat").unwrap(); let f:Vec<&str>=s.rsplit(')').next().unwrap().split_whitespace().collect(); (f[11].parse::<f64>().unwrap()+f[12].parse::<f64>().unwrap())/100.0 }
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap().to_string() }
fn show(name:&str, s:&sector::Sector, truth:&judge::Truth, verbose:bool)->(f64,f64,usize){
    let t=cpu();
    let f=screen::screen(s,1,&screening::progress::Unwatched).unwrap();
    let dt=cpu()-t;
    if std::env::var("FP").is_ok() { for x in &f { let key=format!("{}/{}/{}",x.detector,x.entity.name(),screen::id(s,x)); let g=truth.contains(&key); if x.detector!="ring" && (x.q<=0.05 || g) { println!("   {} {} score {:.2} p {:.1e} q {:.1e} {}", if g {"+"} else {"FALSE"}, key, x.score, x.p, x.q, x.evidence.sentence.in_english()); } } }
    let m=judge::marks(s,&f,truth);
    let (mut ap,mut n,mut leads,mut right)=(0.0,0,0,0);
    let mut line=String::new();
    for k in &m { if k.guilty>0 {ap+=k.average_precision;n+=1;} leads+=k.leads; right+=k.right;
        if verbose { println!("  {:8}{:12} guilty {:3} scored {:4} AP {:.3} leads {:3} right {:3} P {:.2} R {:.2}",k.detector,k.entity.name(),k.guilty,k.scored,k.average_precision,k.leads,k.right,k.right as f64/k.leads.max(1) as f64,k.right as f64/k.guilty.max(1) as f64); }
        else { line+=&format!("{}{} {:.2} {}/{} ",&k.detector[..2],&k.entity.name()[..1],k.average_precision,k.right,k.leads); } }
    println!("{name}: mean AP {:.3} P@q {:.3} ({right}/{leads}) cpu {dt:.1}s {} | {line}",ap/n as f64,right as f64/leads.max(1) as f64,rss());
    (ap/n as f64,right as f64/leads.max(1) as f64,leads-right)
}
fn gz(p:&std::path::Path)->String{let mut s=String::new();flate2::read::MultiGzDecoder::new(std::fs::File::open(p).unwrap()).read_to_string(&mut s).unwrap();s}
fn main(){
    let a:Vec<String>=std::env::args().collect();
    match a[1].as_str() {
      "open"=>{ let d=std::path::Path::new("/work/shared/insight/open/sector"); let t=cpu(); let s=sector::read_folder(d).unwrap(); println!("read {:.1}s",cpu()-t);
        show("open",&s,&judge::truth(&gz(&d.join("labels_entity.csv.gz"))),true); }
      "city"=>{ let look:f64=a.get(4).map_or(1.0,|x|x.parse().unwrap()); let strength:f64=a.get(5).map_or(1.0,|x|x.parse().unwrap());
        for seed in a[2].parse::<u64>().unwrap()..=a[3].parse().unwrap() { let mut plan=city::Plan{seed,look_alikes:look,strength,..Default::default()};
        if a.get(6).is_some_and(|x|x=="clean"){plan=plan.clean();}
        let t=cpu(); let c=city::City::draw(&plan,&screening::progress::Unwatched).unwrap(); let (tb,l)=city::tables(&c); let dt=cpu()-t;
        let s=sector::read(sector::Sources{cases:tb.cases.as_bytes(),institutions:tb.institutions.as_bytes(),appraisers:tb.appraisers.as_bytes(),texts:tb.texts.as_bytes()}).unwrap();
        show(&format!("seed {seed} n {} gen {dt:.1}s",s.cases.len()),&s,&judge::truth(&l.entities),a.last().unwrap()=="v"); } }
      _=>{}
    }
}
