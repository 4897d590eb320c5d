export type TreeNode = { id: string; parentId: string | null; name: string };

/** Parents before their children, siblings by name; those whose parent is not in the list count as roots. */
export function orderTree<T extends TreeNode>(nodes: readonly T[]): T[] {
  const known = new Set(nodes.map((node) => node.id));
  const below = new Map<string | null, T[]>();
  for (const node of nodes) {
    const parent = node.parentId !== null && known.has(node.parentId) ? node.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  const walk = (parent: string | null): T[] =>
    (below.get(parent) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap((node) => [node, ...walk(node.id)]);
  return walk(null);
}
