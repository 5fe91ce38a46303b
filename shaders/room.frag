#version 330 core
// Surfaces of a room, made by formula: all patterns are filtered by the size of a pixel, so that they
// fade where they would flicker. Light as in Miniworld: from one direction, and from everywhere.
in vec3 place;
in vec3 normal;
in vec4 paint;
flat in int surface;
out vec4 color;

uniform vec3 to_light;  // of length 1
uniform vec3 light, ambient;

// Numbers of app/scene/mesh.h.
const int kFloor = 1, kWall = 2, kCeiling = 3, kLava = 4, kLight = 5;
// Of rooms in metres.
const int kTiles = 6, kConcrete = 7, kBricks = 8, kBlocks = 9, kAsphalt = 10, kSlime = 11,
          kPavement = 12;

float random(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }

/// Random values at whole places, smooth between them, 0 to 1.
float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(random(i), random(i + vec2(1, 0)), f.x),
             mix(random(i + vec2(0, 1)), random(i + vec2(1, 1)), f.x), f.y);
}

/// How much of a pixel lies on a line of that width about every whole number.
float lines(float x, float width) {
  float pixel = fwidth(x) + 1e-5, away = abs(fract(x + 0.5) - 0.5);
  float hit = clamp((0.5 * (width + pixel) - away) / pixel, 0.0, 1.0);
  return mix(hit, width, smoothstep(0.3, 0.7, pixel));
}

/// The mean over a pixel of a wave that is 1 in even and -1 in odd cells.
float wave(float x) {
  float pixel = max(fwidth(x), 1e-4);
  vec2 ends = x + vec2(-0.5, 0.5) * pixel;
  vec2 sums = 1.0 - abs(mod(ends, 2.0) - 1.0);
  float mean = (sums.y - sums.x) / pixel;
  return mix(mean, 0.0, smoothstep(1.0, 2.0, pixel));
}

vec3 tiles_of_floor() {
  vec2 p = place.xz * 2.0;
  float even = 0.5 + 0.5 * wave(p.x) * wave(p.y);
  vec3 tile = mix(vec3(0.60, 0.61, 0.63), vec3(0.80, 0.79, 0.77), even);
  tile *= 0.95 + 0.10 * noise(place.xz * 9.0);
  float joint = max(lines(p.x, 0.03), lines(p.y, 0.03));
  return mix(tile, vec3(0.42, 0.42, 0.43), joint);
}

vec3 stones_of_wall() {
  float along = abs(normal.x) > 0.5 ? place.z : place.x;
  float row = floor(place.y * 5.0);
  vec2 p = vec2(along * 2.5 + 0.5 * mod(row, 2.0), place.y * 5.0);
  vec3 stone = vec3(0.74, 0.71, 0.67) * (0.90 + 0.14 * random(floor(p)));
  stone *= 0.95 + 0.10 * noise(vec2(along, place.y) * 14.0);
  // Continuous where rows shift, so that the joint is as wide as it should be.
  float shifted = along * 2.5 + 0.5 * mod(row, 2.0);
  float pixel = fwidth(along) * 2.5 + 1e-5, away = abs(fract(shifted + 0.5) - 0.5);
  float upright = clamp((0.5 * (0.035 + pixel) - away) / pixel, 0.0, 1.0);
  vec3 wall = mix(stone, vec3(0.50, 0.48, 0.46), max(upright, lines(p.y, 0.06)) * 0.8);
  float board = 1.0 - smoothstep(0.055, 0.055 + fwidth(place.y), place.y);
  return mix(wall, vec3(0.30, 0.29, 0.29), board);
}

vec3 boards_of_ceiling() {
  vec2 p = place.xz * 2.0;
  float joint = max(lines(p.x, 0.04), lines(p.y, 0.04));
  vec3 board = vec3(0.92, 0.92, 0.90) * (0.97 + 0.06 * noise(place.xz * 24.0));
  return mix(board, vec3(0.62), joint);
}

vec3 lava() {
  vec2 p = place.xz * 3.0;
  float melt = noise(p + 2.0 * noise(p * 1.7)) * 0.6 + noise(p * 3.1 + 5.0) * 0.4;
  float crack = smoothstep(0.32, 0.62, melt);
  return mix(vec3(1.0, 0.78, 0.22), vec3(0.80, 0.16, 0.02), crack) *
         (1.0 - 0.45 * smoothstep(0.62, 0.85, melt));
}

/// Metres along an upright wall and up it.
vec2 on_wall() { return vec2(dot(place.xz, vec2(normal.z, -normal.x)), place.y); }

/// Rows of stones of that size, each shifted by half a stone; x: how much of the pixel is a joint,
/// y: a random value for the stone.
vec2 masonry(vec2 p, vec2 size, float joint) {
  vec2 q = p / size, pixel = fwidth(p / size) + 1e-5;
  float row = floor(q.y), x = q.x + 0.5 * mod(row, 2.0);
  vec2 width = joint / size;
  float away = abs(fract(x + 0.5) - 0.5);
  float upright = clamp((0.5 * (width.x + pixel.x) - away) / pixel.x, 0.0, 1.0);
  upright = mix(upright, width.x, smoothstep(0.3, 0.7, pixel.x));
  float stone = mix(random(vec2(floor(x), row)), 0.5, smoothstep(0.5, 1.5, max(pixel.x, pixel.y)));
  return vec2(max(upright, lines(q.y, width.y)), stone);
}

/// Darker in the lowest ten centimetres of a wall.
vec3 with_skirting(vec3 wall, vec3 board) {
  float pixel = fwidth(place.y);
  return mix(wall, board, 1.0 - smoothstep(0.1, 0.1 + pixel, place.y));
}

vec3 checkered_tiles() {
  vec2 p = place.xz * 2.0;
  float even = 0.5 + 0.5 * wave(p.x) * wave(p.y);
  vec3 tile = mix(vec3(0.34, 0.35, 0.38), vec3(0.78, 0.77, 0.75), even);
  tile *= 0.93 + 0.08 * noise(place.xz * 11.0) + 0.06 * noise(place.xz * 2.3);
  return mix(tile, vec3(0.28), max(lines(p.x, 0.02), lines(p.y, 0.02)));
}

vec3 concrete() {
  vec2 p = on_wall();
  float grain = 0.5 * noise(p * 3.0) + 0.3 * noise(p * 9.0) + 0.2 * noise(p * 31.0);
  vec3 wall = vec3(0.80, 0.79, 0.77) * (0.90 + 0.2 * grain);
  float seam = max(lines(p.x / 1.37, 0.008), lines(p.y / 1.37, 0.008));
  vec2 hole = (fract(p / 1.37 + 0.5) - 0.5) * 1.37;  // where the formwork was tied
  float tie = length(abs(hole) - vec2(0.3, 0.3));
  float dark = 1.0 - smoothstep(0.018, 0.018 + length(fwidth(p)), tie);
  return with_skirting(mix(wall, vec3(0.45), max(seam * 0.8, dark * 0.6)), vec3(0.36, 0.36, 0.37));
}

vec3 bricks() {
  vec2 p = on_wall(), stone = masonry(p, vec2(0.24, 0.08), 0.012);
  vec3 brick = mix(vec3(0.52, 0.23, 0.16), vec3(0.70, 0.36, 0.25), stone.y);
  brick *= 0.9 + 0.2 * noise(p * 40.0);
  return mix(brick, vec3(0.70, 0.67, 0.62), stone.x);
}

vec3 blocks() {
  vec2 p = on_wall(), stone = masonry(p, vec2(0.4, 0.2), 0.012);
  vec3 block = vec3(0.64, 0.65, 0.66) * (0.88 + 0.16 * stone.y) * (0.9 + 0.2 * noise(p * 30.0));
  return mix(block, vec3(0.42), stone.x);
}

vec3 asphalt() {
  vec2 p = place.xz;
  float fine = mix(noise(p * 45.0), 0.5, smoothstep(0.2, 0.8, 45.0 * length(fwidth(p))));
  return vec3(0.40, 0.40, 0.42) * (0.72 + 0.34 * fine + 0.2 * noise(p * 1.3));
}

vec3 slime() {
  vec2 p = place.xz * 1.6;
  float flow = noise(p + 1.6 * noise(p * 0.9 + 3.0)) * 0.7 + noise(p * 4.0) * 0.3;
  return mix(vec3(0.16, 0.34, 0.12), vec3(0.50, 0.72, 0.22), smoothstep(0.25, 0.8, flow));
}

vec3 pavement() {
  vec2 p = place.xz * 1.25;
  vec3 slab = vec3(0.66, 0.65, 0.63) * (0.92 + 0.1 * random(floor(p)) + 0.06 * noise(place.xz * 20.0));
  return mix(slab, vec3(0.44), max(lines(p.x, 0.02), lines(p.y, 0.02)));
}

vec3 pattern_of_surface() {
  switch (surface) {
    case kFloor: return tiles_of_floor();
    case kWall: return stones_of_wall();
    case kCeiling: return boards_of_ceiling();
    case kTiles: return checkered_tiles();
    case kConcrete: return concrete();
    case kBricks: return bricks();
    case kBlocks: return blocks();
    case kAsphalt: return asphalt();
    case kSlime: return slime();
    case kPavement: return pavement();
    default: return vec3(1.0);
  }
}

void main() {
  if (surface == kLight) {
    color = paint;
    return;
  }
  if (surface == kLava) {
    color = vec4(lava(), 1.0);
    return;
  }
  vec3 base = pattern_of_surface();
  vec3 lit = ambient + light * max(dot(normalize(normal), to_light), 0.0);
  color = vec4(base * paint.rgb * min(lit, 1.0), paint.a);
}
