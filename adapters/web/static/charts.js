// Draws the charts of the analysis page from its own numbers. Without it the tables below each chart say the same.
const source = document.querySelector("[data-charts]");
const drawn = [];

function style() {
  const page = getComputedStyle(document.body);
  const size = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8);
  return { fontFamily: page.fontFamily, fontSize: size, color: page.color };
}

function series(chart) {
  // Lines differ in dash and mark, bars in shade: nothing is told by colour alone.
  const green = getComputedStyle(document.documentElement).getPropertyValue("--green").trim();
  const marks = ["circle", "rect"], dashes = ["solid", "dashed"], colors = [green, "#d9822b"];
  return chart.series.map((one, index) => ({
    name: one.name,
    type: chart.id === "trend" ? "line" : "bar",
    data: one.data,
    symbol: marks[index % 2],
    symbolSize: 7,
    barMaxWidth: 36,
    lineStyle: { type: dashes[index % 2], width: 2, color: colors[index % 2] },
    itemStyle: { color: colors[index % 2] },
    label: { show: chart.id !== "trend", position: chart.id === "trend" ? "top" : "right" },
  }));
}

function option(chart) {
  const text = style(), lies = chart.id !== "trend";
  const names = { type: "category", data: chart.names, inverse: lies, axisLabel: { ...text, hideOverlap: true } };
  const counts = { type: "value", minInterval: 1, axisLabel: text };
  const all = series(chart).map((one) => ({ ...one, label: { ...one.label, ...text } }));
  return {
    animation: false,
    textStyle: text,
    aria: { enabled: true, label: { description: chart.label } },
    grid: { left: 8, right: 40, top: 12, bottom: 8, containLabel: true },
    xAxis: lies ? counts : names,
    yAxis: lies ? names : counts,
    series: all,
  };
}

function legend(chart, box) {
  // The vendored build has no legend of its own.
  if (chart.series.length < 2) return;
  const list = document.createElement("ul");
  list.className = "legend";
  for (const one of chart.series) {
    const item = document.createElement("li");
    item.textContent = one.name;
    list.append(item);
  }
  box.after(list);
}

function show(chart) {
  const box = document.querySelector(`[data-chart="${chart.id}"]`);
  if (!box) return;
  box.hidden = false;
  if (chart.id === "load") box.style.height = `${4 + chart.names.length * 3.4}rem`;
  const made = window.echarts.init(box, null, { renderer: "canvas" });
  made.setOption(option(chart));
  legend(chart, box);
  drawn.push({ chart, made });
}

function redraw() {
  for (const { chart, made } of drawn) {
    made.resize();
    made.setOption(option(chart));
  }
}

async function draw() {
  const answer = await fetch(source.dataset.charts, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { charts } = await answer.json();
  charts.forEach(show);
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  document.getElementById("font")?.addEventListener("click", () => setTimeout(redraw));
}

if (source && window.echarts) draw();

// On paper the numbers stand in place of the charts.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:has(table):not([open])")];
  opened.forEach((one) => (one.open = true));
});
addEventListener("afterprint", () => opened.forEach((one) => (one.open = false)));
