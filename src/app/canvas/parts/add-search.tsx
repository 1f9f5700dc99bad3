// Search-to-add: at the cursor, or where a wire was dropped; then only operators with a port that fits.
import { useReactFlow } from '@xyflow/react';
import { type RefObject, useMemo } from 'react';
import { addNode, type NewNode } from '../../../graph/edits/add-node.ts';
import { connect } from '../../../graph/edits/connect.ts';
import { type NodePort, nodePorts } from '../../../graph/ports.ts';
import { allOperators } from '../../../operators/catalogue.ts';
import { describeOperator } from '../../../operators/catalogue-details.ts';
import { useDocument, useSession, useWorkbench } from '../../state/context.tsx';
import { instancePath, type Overlay } from '../../state/view-store.ts';
import { type FamilyId, familyLooks } from '../../ui/family-look.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { PickList } from '../../ui/pick-list.tsx';
import { texts } from '../../ui/texts.ts';
import { freePlace, isFree } from '../model/free-place.ts';
import { nodeWidth } from '../model/node-geometry.ts';
import type { ScopeFlow } from '../use-scope-flow.ts';

type AddOverlay = Extract<Overlay, { kind: 'add' }>;

interface Choice {
  readonly key: string;
  readonly title: string;
  readonly family: FamilyId;
  readonly summary: string;
  readonly search: readonly string[];
  readonly node: NewNode;
  /** The port that takes the dropped wire. */
  readonly port: string | undefined;
}

interface AddSearchProps {
  readonly overlay: AddOverlay;
  readonly flow: ScopeFlow;
  readonly typed: RefObject<string>;
}

export function AddSearch({ overlay, flow, typed }: AddSearchProps) {
  const { edit, look, view } = useWorkbench();
  const react = useReactFlow();
  const blocks = useDocument((data) => data.graph.blocks);
  const report = useSession((session) => session.report);
  const { at, from } = overlay;
  const block = flow.scope?.block ?? '';
  const choices = useMemo(() => {
    const known = from && report?.values[`${instancePath(view.getState().scope, from.node)}.${from.port}`];
    const end =
      from &&
      flow.models
        .get(from.node)
        ?.[from.side === 'output' ? 'outputs' : 'inputs'].find((port) => port.name === from.port);
    const all: Choice[] = [
      ...allOperators().map(({ id, title, family }) => ({
        key: id,
        title,
        family,
        summary: describeOperator(id)?.summary ?? '',
        search: [title, id, ...(describeOperator(id)?.keywords ?? [])],
        node: { op: id },
        port: undefined,
      })),
      ...Object.keys(blocks)
        .filter((name) => name !== block)
        .map(
          (name): Choice => ({
            key: `block ${name}`,
            title: name,
            family: 'structure',
            summary: texts.palette.block,
            search: [name],
            node: { op: 'block', block: name },
            port: undefined,
          }),
        ),
    ];
    if (from === undefined) return all;
    return all.flatMap((choice) => {
      const ports = nodePorts({ attributes: {}, ...choice.node }, (name) => blocks[name]);
      const candidates = (from.side === 'output' ? ports?.inputs : ports?.outputs) ?? [];
      const dtype = known?.dtype ?? end?.dtype ?? 'any';
      const rank = from.side === 'output' ? known?.shape.length : undefined;
      const port = candidates.find((each) => !each.parameter && fits(each, dtype, rank));
      return port === undefined ? [] : [{ ...choice, port: port.name }];
    });
  }, [blocks, block, from, report, flow.models, view]);

  const pick = (choice: Choice): void => {
    const middle = [Math.round(at[0] - nodeWidth / 2), Math.round(at[1] - 16)] as const;
    const position = from
      ? ([Math.round(from.side === 'output' ? at[0] : at[0] - nodeWidth), Math.round(at[1] - 40)] as const)
      : isFree(middle, flow.nodes)
        ? middle
        : freePlace(at, flow.nodes);
    const id = edit(texts.edits.add(choice.title), (draft) => {
      const fresh = addNode(draft, block, { ...choice.node, position });
      if (from && choice.port !== undefined) {
        const own = `${from.node}.${from.port}`;
        if (from.side === 'output') connect(draft, block, own, `${fresh}.${choice.port}`);
        else connect(draft, block, `${fresh}.${choice.port}`, own);
      }
      return fresh;
    });
    look({ overlay: null, selection: [id], selectedEdges: [] });
  };
  return (
    <PickList
      label={from ? laterTexts.canvas.searchFits(`${from.node}.${from.port}`) : texts.commands.addNode}
      placeholder={laterTexts.canvas.searchPlaceholder}
      at={react.flowToScreenPosition({ x: at[0], y: at[1] })}
      items={choices.map((choice) => {
        const { icon: Icon, color } = familyLooks[choice.family];
        return {
          key: choice.key,
          title: choice.title,
          detail: choice.summary,
          search: choice.search,
          icon: <Icon size={14} color={color} aria-hidden />,
          pick: () => pick(choice),
        };
      })}
      typed={typed}
      onClose={() => look({ overlay: null })}
    />
  );
}

function fits(port: NodePort, dtype: NodePort['dtype'], rank: number | undefined): boolean {
  if (port.dtype !== 'any' && dtype !== 'any' && port.dtype !== dtype) return false;
  if (rank === undefined || port.rank === undefined) return true;
  const [least, most] = typeof port.rank === 'number' ? [port.rank, port.rank] : port.rank;
  return rank >= least && rank <= most;
}
