//! A small OpenAI-compatible server on loopback that answers well, slowly, wrongly or not at all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How it answers.
#[derive(Clone)]
#[allow(dead_code)] // each test binary needs some of them
pub enum Manner {
    /// With this text.
    Says(String),
    /// With this text, cut off at its longest length.
    CutOff(String),
    /// With these texts in turn, the last one for ever.
    Turns(Vec<String>),
    /// With these texts in turn, each one only once so many are let go.
    Held(Arc<AtomicUsize>, Vec<String>),
    /// After this long.
    Slow(Duration),
    /// With something that is no JSON.
    Garbage,
    /// With fewer bytes than it promised.
    Truncated,
    /// Refuses the key.
    Refused,
}

/// The server; it ends with the test.
pub struct Server {
    /// Its address with version.
    pub base: String,
    /// Bodies and keys of all questions so far.
    #[allow(dead_code)] // not every test asks what was asked
    pub asked: Arc<Mutex<Vec<(String, String)>>>,
}

fn respond(stream: &mut TcpStream, status: &str, body: &str, promised: usize) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn serve(mut stream: TcpStream, manner: &Manner, asked: &Mutex<Vec<(String, String)>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length, mut key) = (String::new(), 0, String::new());
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => key = value.trim().to_owned(),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    if first.starts_with("GET") {
        let models = "{\"data\": [{\"id\": \"toy\"}, {\"id\": \"other\"}]}";
        return respond(&mut stream, "200 OK", models, models.len());
    }
    let turn = {
        let mut asked = asked.lock().unwrap();
        asked.push((String::from_utf8(body).unwrap(), key));
        asked.len() - 1
    };
    let good = |text: &str, reason: &str| {
        serde_json::json!({ "choices": [{ "message": { "content": text }, "finish_reason": reason }] }).to_string()
    };
    match manner {
        Manner::Says(text) => {
            let body = good(text, "stop");
            respond(&mut stream, "200 OK", &body, body.len());
        }
        Manner::CutOff(text) => {
            let body = good(text, "length");
            respond(&mut stream, "200 OK", &body, body.len());
        }
        Manner::Turns(texts) => {
            let body = good(&texts[turn.min(texts.len() - 1)], "stop");
            respond(&mut stream, "200 OK", &body, body.len());
        }
        Manner::Held(free, texts) => {
            while free.load(Ordering::Relaxed) <= turn {
                std::thread::sleep(Duration::from_millis(2));
            }
            let body = good(&texts[turn.min(texts.len() - 1)], "stop");
            respond(&mut stream, "200 OK", &body, body.len());
        }
        Manner::Slow(time) => {
            std::thread::sleep(*time);
            let body = good("{}", "stop");
            respond(&mut stream, "200 OK", &body, body.len());
        }
        Manner::Garbage => respond(&mut stream, "200 OK", "<html>oops</html>", 17),
        Manner::Truncated => respond(&mut stream, "200 OK", "{\"choices\": [{\"mess", 5_000),
        Manner::Refused => respond(&mut stream, "401 Unauthorized", "{}", 2),
    }
}

/// Starts a server on a free port.
pub fn start(manner: Manner) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (manner, seen) = (manner.clone(), Arc::clone(&seen));
            std::thread::spawn(move || serve(stream, &manner, &seen));
        }
    });
    Server { base, asked }
}
