//! Writes small ONNX files: networks with known weights, and networks that misbehave.
//!
//! An ONNX file is a protobuf message (`onnx.proto`); only the few fields that a network of layers needs are written.
#![allow(dead_code)]

/// A graph under construction.
#[derive(Default)]
pub struct Net {
    nodes: Vec<Vec<u8>>,
    weights: Vec<Vec<u8>>,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<Vec<u8>>,
    metadata: Vec<Vec<u8>>,
    values: usize,
}

/// Element types of ONNX.
pub const F32: u64 = 1;
pub const I64: u64 = 7;
pub const F64: u64 = 11;

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(field: u64, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(field << 3, &mut out);
    varint(value, &mut out);
    out
}

fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(field << 3 | 2, &mut out);
    varint(value.len() as u64, &mut out);
    out.extend_from_slice(value);
    out
}

fn port(name: &str, kind: u64, shape: &[i64]) -> Vec<u8> {
    let dimension = |&n: &i64| if n < 0 { bytes(2, b"batch") } else { number(1, n as u64) };
    let dims: Vec<u8> = shape.iter().flat_map(|n| bytes(1, &dimension(n))).collect();
    let tensor = [number(1, kind), bytes(2, &dims)].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

impl Net {
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares an input; −1 is a free size.
    pub fn input(mut self, name: &str, kind: u64, shape: &[i64]) -> Self {
        self.inputs.push(port(name, kind, shape));
        self
    }

    /// Declares an output.
    pub fn output(mut self, name: &str, kind: u64, shape: &[i64]) -> Self {
        self.outputs.push(port(name, kind, shape));
        self
    }

    /// A pair of `metadata_props`.
    pub fn says(mut self, key: &str, value: &str) -> Self {
        self.metadata.push([bytes(1, key.as_bytes()), bytes(2, value.as_bytes())].concat());
        self
    }

    /// Weights by name.
    pub fn weights(mut self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len());
        let dims: Vec<u8> = shape.iter().flat_map(|&n| number(1, n as u64)).collect();
        let raw: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.weights.push([dims, number(2, F32), bytes(8, name.as_bytes()), bytes(9, &raw)].concat());
        self
    }

    /// An operator; attributes are whole numbers.
    pub fn node(mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, i64)]) -> Self {
        let mut node: Vec<u8> = inputs.iter().flat_map(|i| bytes(1, i.as_bytes())).collect();
        node.extend(bytes(2, output.as_bytes()));
        node.extend(bytes(4, operator.as_bytes()));
        for (name, value) in attributes {
            let attribute = [bytes(1, name.as_bytes()), number(3, *value as u64), number(20, 2)].concat();
            node.extend(bytes(5, &attribute));
        }
        self.nodes.push(node);
        self
    }

    /// `output = input · weights + bias`, weights given by row of the input.
    pub fn linear(
        mut self,
        input: &str,
        output: &str,
        sizes: [usize; 2],
        weight: impl Fn(usize, usize) -> f32,
        bias: impl Fn(usize) -> f32,
    ) -> Self {
        let [from, to] = sizes;
        self.values += 1;
        let (w, b) = (format!("w{}", self.values), format!("b{}", self.values));
        let values: Vec<f32> = (0..from * to).map(|k| weight(k / to, k % to)).collect();
        let bias: Vec<f32> = (0..to).map(bias).collect();
        self.weights(&w, &[from, to], &values).weights(&b, &[to], &bias).node("Gemm", &[input, &w, &b], output, &[])
    }

    /// The file.
    pub fn file(self) -> Vec<u8> {
        let mut graph = Vec::new();
        let part =
            |field: u64, list: &[Vec<u8>], out: &mut Vec<u8>| list.iter().for_each(|m| out.extend(bytes(field, m)));
        part(1, &self.nodes, &mut graph);
        graph.extend(bytes(2, b"net"));
        part(5, &self.weights, &mut graph);
        part(11, &self.inputs, &mut graph);
        part(12, &self.outputs, &mut graph);
        let opset = number(2, 13);
        let mut file = [number(1, 7), bytes(2, b"tests"), bytes(7, &graph), bytes(8, &opset)].concat();
        part(14, &self.metadata, &mut file);
        file
    }
}

/// A number between −1 and 1 that depends on nothing but its arguments.
pub fn weight(layer: u64, row: usize, column: usize) -> f32 {
    let mut x = layer.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((row as u64) << 32 | column as u64);
    for _ in 0..2 {
        x ^= x >> 33;
        x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    ((x >> 40) as f32 / (1 << 23) as f32) - 1.0
}

/// An actor of `sizes` with ReLU between its layers and tanh at its end, weights from [`weight`].
pub fn actor(sizes: &[usize]) -> Net {
    let mut net = Net::new().input("obs", F32, &[-1, sizes[0] as i64]);
    let last = sizes.len() - 2;
    for (layer, pair) in sizes.windows(2).enumerate() {
        let input = if layer == 0 { "obs".to_owned() } else { format!("h{layer}") };
        let scale = 1.0 / (pair[0] as f32).sqrt();
        let inner = format!("z{layer}");
        net = net.linear(
            &input,
            &inner,
            [pair[0], pair[1]],
            |r, c| weight(layer as u64, r, c) * scale,
            |c| weight(99, layer, c) * 0.1,
        );
        let (operator, output) =
            if layer == last { ("Tanh", "action".to_owned()) } else { ("Relu", format!("h{}", layer + 1)) };
        net = net.node(operator, &[&inner], &output, &[]);
    }
    net.output("action", F32, &[-1, sizes[sizes.len() - 1] as i64])
}

/// What [`actor`] answers, by hand.
pub fn actor_by_hand(sizes: &[usize], observation: &[f32]) -> Vec<f32> {
    let last = sizes.len() - 2;
    let mut values = observation.to_vec();
    for (layer, pair) in sizes.windows(2).enumerate() {
        let scale = 1.0 / (pair[0] as f32).sqrt();
        let next = (0..pair[1]).map(|c| {
            let sum: f32 = values.iter().enumerate().map(|(r, x)| x * weight(layer as u64, r, c) * scale).sum();
            let z = sum + weight(99, layer, c) * 0.1;
            if layer == last { z.tanh() } else { z.max(0.0) }
        });
        values = next.collect();
    }
    values
}
