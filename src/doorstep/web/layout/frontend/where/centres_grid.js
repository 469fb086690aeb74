// From longitude and latitude (WGS 84) to the National Grid, within about five metres: the seven-parameter shift turned
// round, then the transverse Mercator on the Airy 1830 ellipsoid. Ordnance Survey, "A guide to coordinate systems in
// Great Britain", annexes B and C; doorstep/geography/siting/grid.py goes the other way.

const [A84, B84] = [6378137.0, 6356752.314245];
const [A, B] = [6377563.396, 6356256.909];
const [F0, E0, N0] = [0.9996012717, 400000, -100000];
const radians = (degrees) => (degrees * Math.PI) / 180;
const [LAT0, LON0] = [radians(49), radians(-2)];
const SHIFT = [-446.448, 125.157, -542.06];
const TURN = [-0.1502, -0.247, -0.8421].map((seconds) => radians(seconds / 3600));
const SCALE = 1 + 20.4894e-6;

export function toGrid(lon, lat) {
  return project(...airy(...cartesian(radians(lon), radians(lat))));
}

function cartesian(lon, lat) {
  const e2 = 1 - (B84 / A84) ** 2;
  const nu = A84 / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
  return [nu * Math.cos(lat) * Math.cos(lon), nu * Math.cos(lat) * Math.sin(lon), (1 - e2) * nu * Math.sin(lat)];
}

// The shift to the Airy ellipsoid, as longitude and latitude in radians.
function airy(x, y, z) {
  const [tx, ty, tz] = SHIFT;
  const [rx, ry, rz] = TURN;
  const at = [tx + SCALE * x - rz * y + ry * z, ty + rz * x + SCALE * y - rx * z, tz - ry * x + rx * y + SCALE * z];
  const e2 = 1 - (B / A) ** 2;
  const p = Math.hypot(at[0], at[1]);
  let lat = Math.atan2(at[2], p * (1 - e2));
  for (let i = 0; i < 5; i++) {
    const nu = A / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
    lat = Math.atan2(at[2] + e2 * nu * Math.sin(lat), p);
  }
  return [Math.atan2(at[1], at[0]), lat];
}

function meridian(lat) {
  const n = (A - B) / (A + B);
  const [minus, plus] = [lat - LAT0, lat + LAT0];
  return (
    B *
    F0 *
    ((1 + n + 1.25 * n ** 2 + 1.25 * n ** 3) * minus -
      (3 * n + 3 * n ** 2 + 2.625 * n ** 3) * Math.sin(minus) * Math.cos(plus) +
      (1.875 * n ** 2 + 1.875 * n ** 3) * Math.sin(2 * minus) * Math.cos(2 * plus) -
      (35 / 24) * n ** 3 * Math.sin(3 * minus) * Math.cos(3 * plus))
  );
}

function project(lon, lat) {
  const e2 = 1 - (B / A) ** 2;
  const [sin, cos, tan] = [Math.sin(lat), Math.cos(lat), Math.tan(lat)];
  const nu = (A * F0) / Math.sqrt(1 - e2 * sin ** 2);
  const rho = A * F0 * (1 - e2) * (1 - e2 * sin ** 2) ** -1.5;
  const eta2 = nu / rho - 1;
  const d = lon - LON0;
  const two = (nu / 2) * sin * cos;
  const three = (nu / 24) * sin * cos ** 3 * (5 - tan ** 2 + 9 * eta2);
  const threeA = (nu / 720) * sin * cos ** 5 * (61 - 58 * tan ** 2 + tan ** 4);
  const five = (nu / 6) * cos ** 3 * (nu / rho - tan ** 2);
  const six = (nu / 120) * cos ** 5 * (5 - 18 * tan ** 2 + tan ** 4 + 14 * eta2 - 58 * tan ** 2 * eta2);
  return {
    easting: E0 + nu * cos * d + five * d ** 3 + six * d ** 5,
    northing: N0 + meridian(lat) + two * d ** 2 + three * d ** 4 + threeA * d ** 6,
  };
}
