/** The text of the graph that a newcomer meets: CS231n's f = (x + y) z. */
export async function loadFirstExample(): Promise<string> {
  const [load] = Object.values(
    import.meta.glob<string>('../../../examples/xyz.json', { query: '?raw', import: 'default' }),
  );
  if (load === undefined) throw new Error('Broken invariant: the first example was not built in');
  return load();
}
