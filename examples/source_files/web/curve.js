// Draws the curve of one day into a canvas.
export function drawCurve(canvas, heights, options = {}) {
  const { colour = "#246", margin = 8 } = options;
  const context = canvas.getContext("2d");
  const width = canvas.width - 2 * margin;
  const height = canvas.height - 2 * margin;
  const highest = Math.max(...heights.map((item) => item.centimetres), 1);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = colour;
  context.beginPath();
  heights.forEach((item, index) => {
    const x = margin + (width * index) / (heights.length - 1);
    const y = margin + height * (1 - item.centimetres / highest);
    if (index === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  });
  context.stroke();
}
