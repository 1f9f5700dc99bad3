// The whole graph in the corner with the part that is in view; a press or a drag moves the view there.
import { useReactFlow, useStore } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import type { Theme } from '../../../engine/protocol/views.ts';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';
import { readFarStyle } from '../far-style.ts';
import type { FlowNode, FlowNote } from '../flow-types.ts';
import { boundsOf } from '../model/clear-view.ts';
import { boxOf } from '../use-camera.ts';

const widthPx = 168;
const heightPx = 108;

interface OverviewProps {
  /** With the notes, which lie below. */
  readonly nodes: readonly (FlowNode | FlowNote)[];
  readonly theme: Theme;
}

export function Overview({ nodes, theme }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const react = useReactFlow();
  const transform = useStore((state) => state.transform);
  const paneWidth = useStore((state) => state.width);
  const paneHeight = useStore((state) => state.height);
  const bounds = useMemo(() => boundsOf(nodes.map(boxOf)), [nodes]);
  const scale = Math.min(widthPx / bounds.width, heightPx / bounds.height) * 0.92;
  const left = (widthPx - bounds.width * scale) / 2 - bounds.x * scale;
  const top = (heightPx - bounds.height * scale) / 2 - bounds.y * scale;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element?.parentElement || !context) return;
    const style = readFarStyle(element.parentElement, theme);
    const ratio = Math.min(devicePixelRatio, 2);
    element.width = widthPx * ratio;
    element.height = heightPx * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const node of nodes) {
      const { x, y, width, height } = boxOf(node);
      const { selected } = node;
      context.fillStyle = (node.type === 'op' ? style.families[node.data.model.family] : undefined) ?? style.line;
      const box = [x * scale + left, y * scale + top, Math.max(2, width * scale), Math.max(2, height * scale)] as const;
      context.fillRect(...box);
      if (!selected) continue;
      context.strokeStyle = style.ink;
      context.strokeRect(...box);
    }
  }, [nodes, theme, scale, left, top]);
  const go = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left - left) / scale;
    const y = (event.clientY - box.top - top) / scale;
    void react.setCenter(x, y, { zoom: transform[2] });
  };
  const [x, y, zoom] = transform;
  const frame = {
    left: (-x / zoom) * scale + left,
    top: (-y / zoom) * scale + top,
    width: (paneWidth / zoom) * scale,
    height: (paneHeight / zoom) * scale,
  };
  return (
    <div
      className={styles['overview']}
      style={{ width: widthPx, height: heightPx }}
      role="img"
      aria-label={texts.canvas.minimap}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => event.buttons === 1 && go(event)}
    >
      <canvas ref={canvas} style={{ width: widthPx, height: heightPx }} />
      <i className={styles['frame']} style={frame} />
    </div>
  );
}
