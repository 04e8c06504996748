// Between the page in its frame and the kernel: questions one way, answers the other.

const LEAST_HEIGHT = 320;

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "Stridewise";
  frame.sandbox = "allow-scripts allow-downloads";
  Object.assign(frame.style, { width: "100%", border: "0", display: "block" });
  frame.srcdoc = model.get("_frame");

  let wanted = Infinity;
  const fit = () => {
    frame.style.height = `${Math.min(model.get("height"), Math.max(wanted, LEAST_HEIGHT))}px`;
  };

  // Of one widget there may be several frames, and each hears all answers.
  const asked = new Set();

  const onQuestion = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    const { buffer, ...question } = data;
    if (question.kind === "height") {
      wanted = Number(question.height) || Infinity;
      fit();
      return;
    }
    asked.add(question.id);
    model.send(question, undefined, buffer ? [buffer] : []);
  };

  const onAnswer = (answer, buffers) => {
    if (!asked.delete(answer.id)) return;
    const [content] = buffers ?? [];
    // A view of a message: what else is in the message stays out of the frame.
    const buffer = content && new Uint8Array(content.buffer ?? content, content.byteOffset ?? 0, content.byteLength).slice().buffer;
    frame.contentWindow?.postMessage({ ...answer, buffer }, "*", buffer ? [buffer] : []);
  };

  window.addEventListener("message", onQuestion);
  model.on("msg:custom", onAnswer);
  model.on("change:height", fit);
  fit();
  el.append(frame);
  return () => {
    window.removeEventListener("message", onQuestion);
    model.off("msg:custom", onAnswer);
    model.off("change:height", fit);
  };
}

export default { render };
