#version 330 core
// A rectangle without vertex buffers: four corners of a triangle strip.
uniform vec4 rect;    // left, bottom, right, top in normalised device coordinates
uniform vec4 window;  // x, y, width, height of the visible part in cells, y upwards
out vec2 cell;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  cell = window.xy + corner * window.zw;
  gl_Position = vec4(mix(rect.xy, rect.zw, corner), 0.0, 1.0);
}
