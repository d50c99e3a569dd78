/** Of the straight line that is nearest to all points. */
export function slope(points: readonly {x: number; y: number}[]): number {
  const mean = (of: (point: {x: number; y: number}) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(point => point.x), mean(point => point.y)];
  const rise = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return rise / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}
