// An element on a map, its middle at a place. It stands where it does by parts of the map's width and height, so that it
// does on paper, too.
import { toDegrees, toPlane } from "./ground.js";

export class Mark {
  constructor(map, element, at, onMove) {
    Object.assign(this, { map, element, onMove });
    element.classList.add("app-map__mark");
    map.stage.append(element);
    if (onMove) this.#letDrag();
    this.setLngLat(at);
  }

  setLngLat(at) {
    this.at = at;
    this.plane = toPlane(...at);
    this.place();
    return this;
  }

  getLngLat() {
    return { lng: this.at[0], lat: this.at[1] };
  }

  getElement() {
    return this.element;
  }

  remove() {
    this.map.unmark(this);
    this.element.remove();
  }

  place() {
    const { width, height } = this.map.camera;
    const [x, y] = this.map.camera.toPixels(this.plane);
    this.element.style.left = `${(100 * x) / width}%`;
    this.element.style.top = `${(100 * y) / height}%`;
  }

  #letDrag() {
    const { element, map } = this;
    let from = null; // where it was before it was taken
    let [left, top] = [0, 0]; // of its middle from the pointer, in pixels
    element.classList.add("app-map__mark--moves");
    for (const name of ["mousedown", "touchstart", "click"]) element.addEventListener(name, (event) => event.stopPropagation()); // the map stays where it is
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      from = this.at;
      const [[x, y], [px, py]] = [map.camera.toPixels(this.plane), map.gestures.at(event)];
      [left, top] = [x - px, y - py];
    });
    element.addEventListener("pointermove", (event) => {
      if (!from || (!event.movementX && !event.movementY)) return;
      const [px, py] = map.gestures.at(event);
      this.setLngLat(toDegrees(...map.camera.toPlane([px + left, py + top])));
    });
    element.addEventListener("pointercancel", () => from && this.setLngLat(from));
    element.addEventListener("lostpointercapture", () => {
      const isMoved = from !== null && from !== this.at;
      from = null;
      if (isMoved) this.onMove(this.getLngLat());
    });
  }
}
