/** The text of the graph that a newcomer meets: CS231n's f = (x + y) z. */
export async function loadFirstExample(): Promise<string> {
  return (await import('../../../examples/xyz.json?raw')).default;
}
