import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { useWorkbench } from '../state/context.tsx';
import type { Notice } from '../state/notices.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Message } from '../ui/message.tsx';
import { texts } from '../ui/texts.ts';
import styles from './toast.module.css';

const icons = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert } as const;

/** Errors stay until they are dismissed. */
const lifeMs = { info: 6000, success: 4000, warning: 10_000, error: null } as const;

/** One message; it goes by itself unless it is an error. */
export function Toast({ notice }: { readonly notice: Notice }) {
  const { notices } = useWorkbench();
  const { id, kind, text, detail, action } = notice;
  const Icon = icons[kind];
  useEffect(() => {
    const life = lifeMs[kind];
    if (life === null) return;
    const timer = setTimeout(() => notices.dismiss(id), life);
    return () => clearTimeout(timer);
  }, [id, kind, notices]);
  return (
    <div className={cx(styles['toast'], styles[kind])}>
      <Icon size={16} aria-hidden />
      <div className={styles['text']}>
        <span>
          <Message text={text} />
        </span>
        {detail !== undefined && (
          <p className={styles['detail']}>
            <Message text={detail} />
          </p>
        )}
        {action && (
          <Button
            onClick={() => {
              notices.dismiss(id);
              action.run();
            }}
          >
            {action.title}
          </Button>
        )}
      </div>
      <IconButton label={texts.ui.dismiss} icon={X} onClick={() => notices.dismiss(id)} />
    </div>
  );
}
