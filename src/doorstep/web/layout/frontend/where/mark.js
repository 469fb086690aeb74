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

  setLngLat([lon, lat]) {
    this.at = [lon, lat];
    this.plane = toPlane(lon, lat);
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
    let isHeld = false;
    element.classList.add("app-map__mark--moves");
    element.addEventListener("pointerdown", (event) => {
      event.stopPropagation(); // the map stays where it is
      element.setPointerCapture(event.pointerId);
      isHeld = true;
    });
    element.addEventListener("pointermove", (event) => {
      event.stopPropagation();
      if (isHeld) this.setLngLat(toDegrees(...map.camera.toPlane(map.gestures.at(event))));
    });
    for (const name of ["pointerup", "pointercancel"])
      element.addEventListener(name, (event) => {
        event.stopPropagation();
        if (isHeld && event.type === "pointerup") this.onMove(this.getLngLat());
        isHeld = false;
      });
  }
}
