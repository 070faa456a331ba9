// The service worker: every file of the page is kept on this machine when it is first fetched, so that the page works without
// a network. The export writes the two constants VERSION and FIRST above this line.

// Pages of one host share its caches (user.github.io/lop4/, user.github.io/lop5/), so the name says whose it is.
const OURS = `mathpal ${registration.scope} `;
const CACHE = OURS + VERSION;
const FRESH = { cache: "reload" }; // from the host: the browser's own HTTP cache may hold files of the page before

self.addEventListener("install", (event) => {
  const first = FIRST.map((file) => new Request(file, FRESH));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(first)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === location.origin && url.href.startsWith(registration.scope)) {
    event.respondWith(answer(event.request));
  }
});

async function removeOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  let found = await cache.match(request, { ignoreSearch: true });
  if (!found) {
    found = await fetch(request, FRESH);
    if (found.status === 200) await cache.put(request, found.clone());
  }
  return isolated(found);
}

// With these two headers a browser allows threads (cross-origin isolation). Free hosts cannot send them, so they are added here.
function isolated(response) {
  if (response.status === 0) return response; // opaque: cannot be copied
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
