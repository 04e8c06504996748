// Step by step through the cells of an output: play, pause, back, forth, and a slider.

import { text } from "stridewise/messages";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const A_STEP = 700; // milliseconds at speed 1

export class Player {
  constructor(steps, go) {
    Object.assign(this, { steps, go, step: 0, timer: null, held: false, speed: 1 });
    this.element = document.createElement("div");
    this.element.className = "player";
    this.play = this.button(text("play"), () => this.toggle());
    this.slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: steps - 1, value: 0 });
    this.slider.setAttribute("aria-label", text("step"));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.count = document.createElement("output");
    const speed = document.createElement("select");
    speed.setAttribute("aria-label", text("speed"));
    for (const each of SPEEDS) speed.append(new Option(`${each}×`, each, false, each === 1));
    speed.addEventListener("change", () => (this.speed = Number(speed.value)));
    const back = this.button(text("previous"), () => this.move(-1));
    const forth = this.button(text("next"), () => this.move(1));
    this.element.append(this.play, back, forth, this.slider, this.count, speed);
  }

  button(title, act) {
    const button = Object.assign(document.createElement("button"), { textContent: title });
    button.addEventListener("click", act);
    return button;
  }

  at(step) {
    this.step = step;
    this.slider.value = step;
    this.count.textContent = `${step + 1} / ${this.steps}`;
  }

  move(by) {
    this.go((this.step + by + this.steps) % this.steps);
  }

  /** Also if it is only held. */
  get isPlaying() {
    return this.timer !== null || this.held;
  }

  /** Do not go on by itself. */
  settle() {
    this.held = false;
  }

  toggle() {
    if (this.timer) return this.stop();
    this.play.textContent = text("pause");
    const tick = () => {
      this.move(1);
      this.timer = setTimeout(tick, A_STEP / this.speed);
    };
    this.timer = setTimeout(tick, 0);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.held = false;
    this.play.textContent = text("play");
  }

  /** Who points at something wants to read it. */
  hold() {
    if (!this.timer) return;
    this.stop();
    this.held = true;
  }

  /** Go on, if it was only held. */
  goOn() {
    if (this.held) this.toggle();
  }
}
