//! VRL's own engine, asked as bench/run asks every side: `answer SIDE`, `window SIDE SECONDS`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use vrl::compiler::runtime::Runtime;
use vrl::compiler::state::RuntimeState;
use vrl::compiler::{Program, TargetValue, TimeZone};
use vrl::value::{Secrets, Value};

const BATCH_BYTES: usize = 400_000;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let source = fs::read_to_string(&arguments[1]).expect("the mapping");
    let body = fs::read(&arguments[2]).expect("the body");
    let threads: usize = arguments[3].parse().expect("a number of threads");
    let program = match vrl::compiler::compile(&source, &vrl::stdlib::all()) {
        Ok(done) => done.program,
        Err(problems) => panic!("the mapping does not compile: {problems:?}"),
    };
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let words: Vec<&str> = line.split(' ').collect();
        if words[0] == "answer" {
            let out = carry(&program, &mut Runtime::new(RuntimeState::default()), &body);
            println!("{}", String::from_utf8(out).expect("UTF-8"));
        } else {
            window(&program, &body, threads, words[2].parse().expect("seconds"));
        }
        io::stdout().flush().expect("stdout");
    }
}

fn carry(program: &Program, runtime: &mut Runtime, body: &[u8]) -> Vec<u8> {
    let mut target = TargetValue {
        value: serde_json::from_slice(body).expect("JSON"),
        metadata: Value::Object(BTreeMap::new()),
        secrets: Secrets::default(),
    };
    runtime.clear();
    runtime.resolve(&mut target, program, &TimeZone::default()).expect("the mapping");
    serde_json::to_vec(&target.value).expect("JSON")
}

fn window(program: &Program, body: &[u8], threads: usize, seconds: f64) {
    let batch = (BATCH_BYTES / body.len()).max(1);
    let cpu = cpu_micros();
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(seconds);
    let units: usize = thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut runtime = Runtime::new(RuntimeState::default());
                    let mut units = 0;
                    while units == 0 || Instant::now() < end {
                        for _ in 0..batch {
                            std::hint::black_box(carry(program, &mut runtime, body));
                        }
                        units += batch;
                    }
                    units
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().expect("a thread")).sum()
    });
    let wall = begun.elapsed().as_secs_f64();
    println!("{{\"units\":{units},\"cpu_us\":{},\"wall_s\":{wall}}}", cpu_micros() - cpu);
}

fn cpu_micros() -> i64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) }, 0);
    let micros = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
    micros(usage.ru_utime) + micros(usage.ru_stime)
}
