// Stands in for a notebook: shows a widget whose kernel is the function `kernel`.
async ([relay, html]) => {
  const { default: widget } = await import(`data:text/javascript;base64,${relay}`);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const letters = async (buffer) => (await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([buffer]));
  })).split(",")[1];
  const heard = [];
  const model = {
    get: (name) => ({ height: 600, _frame: html })[name],
    on: (name, hear) => name === "msg:custom" && heard.push(hear),
    off: () => {},
    send: async (question, _, buffers) => {
      const [answer, ...contents] = await kernel(question, await Promise.all(buffers.map(letters)));
      for (const hear of heard) hear(answer, contents.map((text) => new DataView(bytes(text).buffer)));
    },
  };
  widget.render({ model, el: document.body });
}
