// Every word of the page, in both languages.

const ENGLISH = {
  title: "Explorer",
  language: "中文",
  search: "Find a layer",
  input: "input",
  parameters: "parameters",
  multiplyAdds: "multiply-adds",
  channel: "channel",
  inputChannel: "input channel",
  outputChannel: "output channel",
  forward: "Forward",
  byInput: "Gradient by the input",
  byWeight: "Gradient by the weights",
  theInput: "Input",
  kernel: "Weights",
  output: "Output",
  gradOutput: "Gradient of the output",
  gradInput: "Gradient of the input",
  gradKernel: "Gradient of the weights",
  padding: "padding, zero",
  nothing: "padding, never the largest",
  play: "Play",
  pause: "Pause",
  previous: "Previous",
  next: "Next",
  step: "Step",
  speed: "Speed",
  formula: "Arithmetic",
  code: "Code",
  bias: "bias",
  otherChannels: "other channels",
  terms: "terms",
  sumOver: "over all output channels",
  ties: "a tie: the first one wins",
  share: "each of {n} gets a share of 1/{n}",
  noWindow: "This layer has no window. Its numbers:",
  prediction: "Prediction",
  why: "Gradient of the loss by the image",
  whySaid: "Where it is orange, a brighter pixel makes the loss larger, where it is blue, smaller; the scale ends at {scale}.",
  loss: "Loss",
  unreached: "no window reaches it",
  failed: "The page cannot show this",
  status: "{what} ({row}, {column}) = {value}",
  statusWindow: "window rows {top} to {bottom}, columns {left} to {right}",
  legend: "from −{scale} (blue) over 0 (white) to {scale} (orange)",
};

const CHINESE = {
  title: "探索器",
  language: "English",
  search: "查找层",
  input: "输入",
  parameters: "个参数",
  multiplyAdds: "次乘加",
  channel: "通道",
  inputChannel: "输入通道",
  outputChannel: "输出通道",
  forward: "前向",
  byInput: "对输入的梯度",
  byWeight: "对权重的梯度",
  theInput: "输入",
  kernel: "权重",
  output: "输出",
  gradOutput: "输出的梯度",
  gradInput: "输入的梯度",
  gradKernel: "权重的梯度",
  padding: "填充，为零",
  nothing: "填充，永远不是最大值",
  play: "播放",
  pause: "暂停",
  previous: "上一步",
  next: "下一步",
  step: "步",
  speed: "速度",
  formula: "算式",
  code: "代码",
  bias: "偏置",
  otherChannels: "其他通道",
  terms: "项",
  sumOver: "对所有输出通道求和",
  ties: "并列：第一个获胜",
  share: "{n} 个元素各得 1/{n}",
  noWindow: "这一层没有窗口。它的数值：",
  prediction: "预测",
  why: "损失对图像的梯度",
  whySaid: "橙色处像素变亮会使损失增大，蓝色处会使损失减小；刻度到 {scale} 为止。",
  loss: "损失",
  unreached: "没有窗口覆盖它",
  failed: "页面无法显示",
  status: "{what}（{row}，{column}）= {value}",
  statusWindow: "窗口：第 {top} 至 {bottom} 行，第 {left} 至 {right} 列",
  legend: "从 −{scale}（蓝）经 0（白）到 {scale}（橙）",
};

const CATALOGUES = { en: ENGLISH, zh: CHINESE };
let language = "en";

/** The words of a key, with `{name}` replaced by values. */
export function text(key, values = {}) {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function chooseLanguage(wanted) {
  language = wanted?.startsWith("zh") ? "zh" : "en";
  document.documentElement.lang = language;
  return language;
}

export function otherLanguage() {
  return language === "en" ? "zh" : "en";
}
