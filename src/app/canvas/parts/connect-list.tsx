import { useReactFlow } from '@xyflow/react';
import { type RefObject, useMemo } from 'react';
import { connect } from '../../../graph/edits/connect.ts';
import { connectionRules } from '../../../graph/validate.ts';
import { useDocument, useWorkbench } from '../../state/context.tsx';
import { laterTexts } from '../../ui/later-texts.ts';
import { PickList } from '../../ui/pick-list.tsx';
import { texts } from '../../ui/texts.ts';
import type { ScopeFlow } from '../use-scope-flow.ts';

interface ConnectListProps {
  readonly node: string;
  readonly flow: ScopeFlow;
  readonly typed: RefObject<string>;
}

/** Connecting by keyboard: every port that may take one of the node's outputs. */
export function ConnectList({ node, flow, typed }: ConnectListProps) {
  const { edit, look } = useWorkbench();
  const react = useReactFlow();
  const document = useDocument((data) => data.document);
  const block = flow.scope?.block ?? '';
  const model = flow.models.get(node);
  const items = useMemo(() => {
    const { canConnect } = connectionRules(document, block);
    const outputs = model?.outputs ?? [];
    return outputs
      .flatMap((output) =>
        [...flow.models.values()].flatMap((other) =>
          other.inputs
            .filter((input) => canConnect(`${node}.${output.name}`, `${other.id}.${input.name}`) === true)
            // Free ports that must be wired first, those of parameters last.
            .sort((a, b) => rank(a) - rank(b))
            .map((input) => ({
              key: `${output.name} ${other.id}.${input.name}`,
              title: `${other.id}.${input.name}`,
              detail: `${outputs.length > 1 ? `${output.name} → ` : ''}${other.title}: ${input.title}`,
              search: [`${other.id}.${input.name}`, other.title, input.title],
              rank: rank(input),
              pick: () => {
                edit(texts.edits.connect, (draft) =>
                  connect(draft, block, `${node}.${output.name}`, `${other.id}.${input.name}`),
                );
                look({ overlay: null });
              },
            })),
        ),
      )
      .sort((a, b) => a.rank - b.rank);
  }, [document, block, model, node, flow.models, edit, look]);
  const at = flow.nodes.find((each) => each.id === node);
  return (
    <PickList
      label={laterTexts.canvas.connectTitle(node)}
      placeholder={laterTexts.canvas.connectTitle(node)}
      at={react.flowToScreenPosition({
        x: (at?.position.x ?? 0) + (at?.data.geometry.width ?? 0) + 12,
        y: at?.position.y ?? 0,
      })}
      items={items}
      empty={laterTexts.canvas.connectNone}
      typed={typed}
      onClose={() => look({ overlay: null })}
    />
  );
}

function rank(port: { readonly wired: boolean; readonly quiet: boolean; readonly parameter: boolean }): number {
  return (port.wired ? 4 : 0) + (port.parameter ? 2 : 0) + (port.quiet ? 1 : 0);
}
