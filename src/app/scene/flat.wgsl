// Every face in its own colour, as it stands: light and shade are baked into the vertices.
#import bevy_pbr::forward_io::VertexOutput

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
#ifdef VERTEX_COLORS
    return vec4<f32>(in.color.rgb, 1.0);
#else
    return vec4<f32>(1.0);
#endif
}
