// Where the host sends no isolation headers (a plain static server), sw.js adds them; the page then loads once more.
// Without a service worker everything still runs, only tensors are handed over instead of shared.
(() => {
  if (self.crossOriginIsolated || !self.isSecureContext || !('serviceWorker' in navigator)) return;
  const reloaded = 'chainrule.isolation.reloaded';
  const reloadOnce = () => {
    if (sessionStorage.getItem(reloaded)) return;
    sessionStorage.setItem(reloaded, 'yes');
    location.reload();
  };
  navigator.serviceWorker.register('./sw.js').then(
    () => {
      if (navigator.serviceWorker.controller) reloadOnce();
      else navigator.serviceWorker.addEventListener('controllerchange', reloadOnce, { once: true });
    },
    () => {}, // refused by the browser's settings: stay without shared memory
  );
})();
