import { useEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

function keptTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

function apply(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
}

apply(keptTheme()); // before anything is drawn

/** The colours: the system's, unless the person switched. Kept in this browser. */
export function useTheme(): { theme: Theme; dark: boolean; setTheme: (theme: Theme) => void } {
  const [theme, setTheme] = useState(keptTheme);
  const [system, setSystem] = useState(systemIsDark.matches);
  useEffect(() => {
    const onChange = () => setSystem(systemIsDark.matches);
    systemIsDark.addEventListener('change', onChange);
    return () => systemIsDark.removeEventListener('change', onChange);
  }, []);
  return {
    theme,
    dark: theme === 'system' ? system : theme === 'dark',
    setTheme: (chosen) => {
      apply(chosen);
      localStorage.setItem(KEY, chosen);
      setTheme(chosen);
    },
  };
}
