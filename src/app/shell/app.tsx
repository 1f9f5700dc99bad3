// The page: top bar, palette, canvas, inspector and dock in panels that can be resized and put away.
import { useEffect, useRef } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Canvas } from '../canvas/canvas.tsx';
import { listenToKeys } from '../commands/run-command.ts';
import { Palette } from '../palette/palette.tsx';
import { useView, useWorkbench } from '../state/context.tsx';
import { followTheme } from '../state/theme.ts';
import { texts } from '../ui/texts.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import styles from './app.module.css';
import { CommandDialog } from './command-dialog.tsx';
import { Dock } from './dock.tsx';
import { FileDrop } from './file-drop.tsx';
import { InspectorSide } from './inspector-side.tsx';
import { LiveRegion } from './live-region.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';
import { ValueDialogs } from './value-dialogs.tsx';

export function App() {
  const workbench = useWorkbench();
  useEffect(() => listenToKeys(workbench), [workbench]);
  useEffect(
    () =>
      followTheme(workbench.view, (theme) => {
        document.documentElement.dataset['theme'] = theme;
      }),
    [workbench],
  );
  return (
    <TooltipProvider>
      <div className={styles['app']}>
        <TopBar />
        <Panels />
      </div>
      <CommandDialog />
      <ValueDialogs />
      <FileDrop />
      <Toasts />
      <LiveRegion />
    </TooltipProvider>
  );
}

function Panels() {
  const { look, view } = useWorkbench();
  const paletteOpen = useView((state) => state.paletteOpen);
  const inspectorOpen = useView((state) => state.inspectorOpen);
  const dockOpen = useView((state) => state.dockOpen);
  // Sizes are read once: afterwards the panels know their own.
  const start = useRef(view.getState()).current;
  return (
    <Group className={styles['panels']} orientation="horizontal">
      {paletteOpen && (
        <>
          <Panel
            id="palette"
            className={styles['side']}
            minSize={150}
            maxSize={360}
            defaultSize={start.paletteWidth}
            groupResizeBehavior="preserve-pixel-size"
            onResize={({ inPixels }) => look({ paletteWidth: Math.round(inPixels) })}
          >
            <aside className={styles['fill']} aria-label={texts.shell.palette}>
              <Palette />
            </aside>
          </Panel>
          <Separator className={styles['handle']} aria-label={`${texts.shell.resize}: ${texts.shell.togglePalette}`} />
        </>
      )}
      <Panel id="middle" minSize={320}>
        <Group orientation="vertical">
          <Panel id="canvas" minSize={140}>
            <main className={styles['fill']} aria-label={texts.shell.canvas}>
              <Canvas />
            </main>
          </Panel>
          {dockOpen ? (
            <>
              <Separator className={styles['handleFlat']} aria-label={`${texts.shell.resize}: ${texts.shell.dock}`} />
              <Panel
                id="dock"
                className={styles['dock']}
                minSize={96}
                defaultSize={start.dockHeight}
                groupResizeBehavior="preserve-pixel-size"
                onResize={({ inPixels }) => look({ dockHeight: Math.round(inPixels) })}
              >
                <Dock />
              </Panel>
            </>
          ) : null}
        </Group>
      </Panel>
      {inspectorOpen && (
        <>
          <Separator className={styles['handle']} aria-label={`${texts.shell.resize}: ${texts.shell.inspector}`} />
          <Panel
            id="inspector"
            className={styles['side']}
            minSize={220}
            maxSize={640}
            defaultSize={start.inspectorWidth}
            groupResizeBehavior="preserve-pixel-size"
            onResize={({ inPixels }) => look({ inspectorWidth: Math.round(inPixels) })}
          >
            <aside className={styles['fill']} aria-label={texts.shell.inspector}>
              <InspectorSide />
            </aside>
          </Panel>
        </>
      )}
    </Group>
  );
}
