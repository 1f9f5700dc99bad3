// One picture from the engine, asked for again whenever the numbers behind it changed. One question at a time; what belongs to
// an older graph is dropped, and the last good picture stays while a new one is made.
import { useEffect, useRef, useState } from 'react';
import type { Picture, PictureRequest } from '../../engine/protocol/views.ts';
import { useSession, useTheme, useWorkbench } from '../state/context.tsx';

export interface PictureView {
  readonly picture: Picture | null;
  /** An answer to exactly this question has come (it may be that there is no picture). */
  readonly settled: boolean;
}

export function usePicture(request: Omit<PictureRequest, 'theme'> | null): PictureView {
  const { link, session } = useWorkbench();
  const theme = useTheme();
  const version = useSession((data) => data.summariesVersion);
  const revision = useSession((data) => data.report?.revision ?? -1);
  const key = request === null ? '' : JSON.stringify([request, theme]);
  const [known, setKnown] = useState<{ readonly key: string; readonly picture: Picture | null } | null>(null);
  const wish = useRef({ key: '' });
  const busy = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version or revision means new numbers
  useEffect(() => {
    // A wish of its own even where the key is the same: numbers that changed while it was answered are asked for again.
    wish.current = { key };
    if (key === '' || busy.current) return;
    const fetch = async (): Promise<void> => {
      busy.current = true;
      let asked: { readonly key: string };
      do {
        asked = wish.current;
        const [own, ownTheme] = JSON.parse(asked.key) as [Omit<PictureRequest, 'theme'>, PictureRequest['theme']];
        const picture = await link.ask((api) => api.picture({ ...own, theme: ownTheme }));
        if (picture === null || picture.revision === session.getState().wanted) setKnown({ key: asked.key, picture });
      } while (asked !== wish.current && wish.current.key !== '');
      busy.current = false;
    };
    const timer = setTimeout(() => void fetch(), 30);
    return () => clearTimeout(timer);
  }, [key, version, revision, link, session]);

  if (request === null) return { picture: null, settled: false };
  // Another value's picture is nobody's; another channel or scale of this one may stand until the new one comes.
  const same = known?.picture?.name === request.name || known?.key === key;
  return { picture: same ? (known?.picture ?? null) : null, settled: known?.key === key };
}
