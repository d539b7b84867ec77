//! What an ONNX file says about itself: operator sets, producer, metadata. Read from the file, because tract hands out
//! no metadata, and so that a card says the same on every engine.
//!
//! An ONNX file is a protobuf message (`onnx.proto`, ModelProto): fields as key, wire type, value. Only the few fields
//! below are looked at; all others are stepped over.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Version of the file format.
    pub ir_version: u64,
    /// Version of the standard operators.
    pub opset: u64,
    /// Program that wrote it, with its version.
    pub producer: String,
    /// `metadata_props`: free key–value pairs.
    pub metadata: BTreeMap<String, String>,
    /// Operators that the graph uses, sorted.
    pub operators: Vec<String>,
}

/// A field of a message: its number and its bytes (length-delimited) or number (varint).
enum Field<'a> {
    Number(u64, u64),
    Bytes(u64, &'a [u8]),
}

/// Steps through the fields of a message; ends at the first byte that is not protobuf.
struct Fields<'a> {
    rest: &'a [u8],
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let key = varint(&mut self.rest)?;
            match key & 7 {
                0 => return Some(Field::Number(key >> 3, varint(&mut self.rest)?)),
                2 => {
                    let length = usize::try_from(varint(&mut self.rest)?).ok()?;
                    return Some(Field::Bytes(key >> 3, take(&mut self.rest, length)?));
                }
                1 => take(&mut self.rest, 8).map(|_| ())?,
                5 => take(&mut self.rest, 4).map(|_| ())?,
                _ => return None,
            }
        }
    }
}

fn fields(message: &[u8]) -> Fields<'_> {
    Fields { rest: message }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A text field of a message, by its number.
fn text_of(message: &[u8], number: u64) -> String {
    let mut found = fields(message).filter_map(|f| match f {
        Field::Bytes(n, bytes) if n == number => Some(text(bytes)),
        _ => None,
    });
    found.next().unwrap_or_default()
}

// Numbers of onnx.proto.
const MODEL_IR: u64 = 1;
const MODEL_PRODUCER: u64 = 2;
const MODEL_PRODUCER_VERSION: u64 = 3;
const MODEL_GRAPH: u64 = 7;
const MODEL_OPSET: u64 = 8;
const MODEL_METADATA: u64 = 14;
const OPSET_DOMAIN: u64 = 1;
const OPSET_VERSION: u64 = 2;
const GRAPH_NODE: u64 = 1;
const GRAPH_INITIALIZER: u64 = 5;
const GRAPH_INPUT: u64 = 11;
const NODE_OPERATOR: u64 = 4;
const TENSOR_NAME: u64 = 8;
const VALUE_NAME: u64 = 1;

impl Header {
    /// Reads it. What is missing or broken stays empty: the engine is the judge of the file.
    pub fn of(file: &[u8]) -> Self {
        let mut header = Self::default();
        let mut version = String::new();
        for field in fields(file) {
            match field {
                Field::Number(MODEL_IR, value) => header.ir_version = value,
                Field::Bytes(MODEL_PRODUCER, bytes) => header.producer = text(bytes),
                Field::Bytes(MODEL_PRODUCER_VERSION, bytes) => version = text(bytes),
                Field::Bytes(MODEL_OPSET, set) if matches!(text_of(set, OPSET_DOMAIN).as_str(), "" | "ai.onnx") => {
                    let number = fields(set).find_map(|f| match f {
                        Field::Number(OPSET_VERSION, value) => Some(value),
                        _ => None,
                    });
                    header.opset = number.unwrap_or(0);
                }
                Field::Bytes(MODEL_METADATA, pair) => {
                    header.metadata.insert(text_of(pair, 1), text_of(pair, 2));
                }
                Field::Bytes(MODEL_GRAPH, graph) => {
                    for field in fields(graph) {
                        if let Field::Bytes(GRAPH_NODE, node) = field {
                            header.operators.push(text_of(node, NODE_OPERATOR));
                        }
                    }
                }
                _ => {}
            }
        }
        header.operators.sort();
        header.operators.dedup();
        if !version.is_empty() {
            header.producer = format!("{} {version}", header.producer).trim().to_owned();
        }
        header
    }

    /// A list of numbers in the metadata, `[1, 2]` or `1,2`, under `c2g.KEY` or `KEY`.
    pub fn numbers(&self, key: &str) -> Option<Vec<f64>> {
        let value = self.metadata.get(&format!("c2g.{key}")).or_else(|| self.metadata.get(key))?;
        let inside = value.trim().trim_start_matches('[').trim_end_matches(']');
        let split = inside.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        split.map(|word| word.parse().ok().filter(|x: &f64| x.is_finite())).collect()
    }
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn write_field(field: &Field<'_>, out: &mut Vec<u8>) {
    match field {
        Field::Number(number, value) => {
            write_varint(number << 3, out);
            write_varint(*value, out);
        }
        Field::Bytes(number, bytes) => {
            write_varint(number << 3 | 2, out);
            write_varint(bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
    }
}

/// Takes weights off the list of inputs, where old exporters (file format 3) put them: tract counts them as inputs.
pub(super) fn without_weights_as_inputs(file: &[u8]) -> Cow<'_, [u8]> {
    let graph = fields(file).find_map(|f| match f {
        Field::Bytes(MODEL_GRAPH, graph) => Some(graph),
        _ => None,
    });
    let Some(graph) = graph else { return Cow::Borrowed(file) };
    let named = |number: u64, name: u64| -> Vec<String> {
        let messages = fields(graph).filter_map(|f| match f {
            Field::Bytes(n, message) if n == number => Some(text_of(message, name)),
            _ => None,
        });
        messages.collect()
    };
    let weights = named(GRAPH_INITIALIZER, TENSOR_NAME);
    if !named(GRAPH_INPUT, VALUE_NAME).iter().any(|input| weights.contains(input)) {
        return Cow::Borrowed(file);
    }
    let mut kept = Vec::with_capacity(graph.len());
    for field in fields(graph) {
        match field {
            Field::Bytes(GRAPH_INPUT, value) if weights.contains(&text_of(value, VALUE_NAME)) => {}
            other => write_field(&other, &mut kept),
        }
    }
    let mut out = Vec::with_capacity(file.len());
    for field in fields(file) {
        match field {
            Field::Bytes(MODEL_GRAPH, _) => write_field(&Field::Bytes(MODEL_GRAPH, &kept), &mut out),
            other => write_field(&other, &mut out),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn message(parts: &[Field<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        parts.iter().for_each(|part| write_field(part, &mut out));
        out
    }

    fn pair(key: &str, value: &str) -> Vec<u8> {
        message(&[Field::Bytes(1, key.as_bytes()), Field::Bytes(2, value.as_bytes())])
    }

    #[test]
    fn a_file_tells_its_operators_and_metadata() {
        let node = message(&[Field::Bytes(1, b"x"), Field::Bytes(4, b"Gemm")]);
        let (set, other) = (message(&[Field::Number(2, 17)]), message(&[Field::Bytes(1, b"ml"), Field::Number(2, 3)]));
        let (mean, std) = (pair("c2g.obs_mean", "[0.5, -1e-1]"), pair("obs_std", "1 2"));
        let graph = message(&[Field::Bytes(1, &node), Field::Bytes(1, &node)]);
        let file = message(&[
            Field::Number(1, 8),
            Field::Bytes(2, b"pytorch"),
            Field::Bytes(3, b"2.4"),
            Field::Bytes(7, &graph),
            Field::Bytes(8, &set),
            Field::Bytes(8, &other),
            Field::Bytes(14, &mean),
            Field::Bytes(14, &std),
        ]);
        let header = Header::of(&file);
        assert_eq!((header.ir_version, header.opset, header.producer.as_str()), (8, 17, "pytorch 2.4"));
        assert_eq!(header.operators, ["Gemm"]);
        assert_eq!(header.numbers("obs_mean"), Some(vec![0.5, -0.1]));
        assert_eq!(header.numbers("obs_std"), Some(vec![1.0, 2.0]));
        assert_eq!(header.numbers("obs_max"), None);
        assert!(matches!(without_weights_as_inputs(&file), Cow::Borrowed(_)));
    }

    #[test]
    fn broken_files_end_quietly() {
        for bytes in [&b""[..], b"\xff", b"PK\x03\x04 a zip", &[0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0x80; 12]] {
            let header = Header::of(bytes);
            assert_eq!((header.opset, header.metadata.len()), (0, 0));
            assert_eq!(&*without_weights_as_inputs(bytes), bytes);
        }
    }

    #[test]
    fn weights_leave_the_list_of_inputs() {
        let (weight, input) = (message(&[Field::Bytes(8, b"w")]), message(&[Field::Bytes(1, b"obs")]));
        let doubled = message(&[Field::Bytes(1, b"w"), Field::Number(9, 300)]);
        let graph = message(&[Field::Bytes(5, &weight), Field::Bytes(11, &input), Field::Bytes(11, &doubled)]);
        let file = message(&[Field::Number(1, 3), Field::Bytes(7, &graph)]);
        let kept = message(&[Field::Bytes(5, &weight), Field::Bytes(11, &input)]);
        assert_eq!(&*without_weights_as_inputs(&file), message(&[Field::Number(1, 3), Field::Bytes(7, &kept)]));
    }
}
