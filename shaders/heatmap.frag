#version 330 core
// One value a cell through a colour table. app/draw/colors.cpp does the same on the CPU.
in vec2 cell;
out vec4 color;

uniform sampler2D values;  // [height, width], y upwards
uniform sampler2D table;   // [1, 256]
uniform vec2 limits;       // low, high; logarithms where `logarithmic`
uniform bool logarithmic;
uniform vec2 gap;          // share of a cell that stays empty at its right and top

const float kNothing = -1e38;  // values at or below it draw nothing

void main() {
  ivec2 size = textureSize(values, 0);
  ivec2 at = ivec2(floor(cell));
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, size))) discard;
  float value = texelFetch(values, at, 0).r;
  if (value <= kNothing || any(greaterThan(fract(cell), 1.0 - gap))) discard;
  if (logarithmic) value = value > 0.0 ? log(value) : limits.x;
  float t = clamp((value - limits.x) / (limits.y - limits.x), 0.0, 1.0);
  color = texelFetch(table, ivec2(int(t * 255.0 + 0.5), 0), 0);
}
