// What hands do on a map: a drag with the mouse or a finger, two fingers, the wheel, a double click, and keys.
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";

const STEP = 100; // pixels that an arrow key moves
const GLIDE = 200; // milliseconds
const STILL = 3; // pixels: a press that moves no further is a click
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 1, "=": 1, "-": -1, _: -1 };

export class Gestures {
  isMoving = false;
  zoomsOnDouble = true;
  #to = null; // where a glide leads

  // `map` has a camera, tell(name, event), which says whether a press is free to move the map, and request().
  constructor(stage, canvas, map) {
    Object.assign(this, { map, element: stage, stage: select(stage) });
    this.zoom = zoom()
      .filter((event) => this.#isOurs(event))
      .extent(() => [[0, 0], [map.camera.width, map.camera.height]])
      .constrain((transform) => this.#transform(map.camera.kept(this.#where(transform))))
      .clickDistance(STILL)
      .on("start", () => (this.isMoving = true))
      .on("zoom", ({ transform }) => {
        map.camera.look(this.#where(transform));
        map.request();
      })
      .on("end", () => {
        this.isMoving = false;
        map.request();
      });
    this.settle();
    this.stage.call(this.zoom);
    // A drag that somebody keeps is no swipe either: else the browser takes the next tap for the end of one.
    stage.addEventListener("touchmove", (event) => event.cancelable && event.preventDefault(), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  // Where an event is, in pixels from the map's corner.
  at({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  // Take the camera as it is now: it was made, or its picture has another size.
  settle() {
    const { camera } = this.map;
    this.zoom.scaleExtent(camera.scales);
    this.stage.property("__zoom", this.#transform(camera));
  }

  look(where) {
    this.stage.call(this.zoom.transform, this.#transform(this.map.camera.kept({ ...this.map.camera.where, ...where })));
  }

  // Move there little by little; at once for who does not want things to move.
  glide(where, milliseconds = GLIDE) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.look(where);
    const to = (this.#to = this.map.camera.kept({ ...this.goal, ...where }));
    const end = () => this.#to === to && (this.#to = null);
    this.stage.transition().duration(milliseconds).call(this.zoom.transform, this.#transform(to)).on("end interrupt cancel", end);
  }

  // Where the map is, or is on its way to.
  get goal() {
    return this.#to ?? this.map.camera.where;
  }

  zoomBy(more) {
    this.glide({ zoom: this.goal.zoom + more });
  }

  #where({ k, x, y }) {
    const { camera } = this.map;
    return { x: (camera.width / 2 - x) / k, y: (camera.height / 2 - y) / k, zoom: camera.zoomOf(k) };
  }

  #transform({ x, y, zoom: at }) {
    const { camera } = this.map;
    const scale = camera.scaleOf(at);
    return zoomIdentity.translate(camera.width / 2 - x * scale, camera.height / 2 - y * scale).scale(scale);
  }

  // Whoever was told of a press may keep it; a second finger is always the map's.
  #isOurs(event) {
    if (event.type === "wheel") return true;
    if (event.ctrlKey || event.button) return false;
    if (event.type === "dblclick") return this.zoomsOnDouble;
    return event.touches?.length > 1 || this.map.tell("press", event);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in ARROWS) {
      const [right, down] = ARROWS[event.key].map((way) => (way * STEP) / this.map.camera.scale);
      this.glide({ x: this.goal.x + right, y: this.goal.y + down });
    } else if (event.key in ZOOMS) this.zoomBy(ZOOMS[event.key]);
    else return;
    event.preventDefault();
  }
}
