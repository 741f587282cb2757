"use strict";
// Follows what a page shows, and in a frame of Teams signs in there, wears its theme and opens its links.
// Everything that these pages do without a script they do without this one.
(() => {
  const EVERY_MS = 30_000, PATIENCE_MS = 20_000, root = document.documentElement;
  const isFramed = window.parent !== window;
  const parsed = async answer => new DOMParser().parseFromString(await answer.text(), "text/html");
  const live = () => document.getElementById("live");
  let teams = null;

  const wear = theme => {
    root.dataset.theme = theme;
    try { sessionStorage.setItem("theme", theme); } catch { /* a frame that may keep nothing asks Teams each time */ }
  };

  // Teams keeps the token, and renews it before it expires; where it has to ask the person, it does so at the beginning only.
  const bearer = async silent => {
    try { return `Bearer ${await teams.authentication.getAuthToken({silent})}`; }
    catch { throw new Error("Teams gives no token", {cause: "lapsed"}); }
  };

  const ask = async (tag = "") => {
    const headers = tag ? {"If-None-Match": `"${tag}"`} : {};
    if (teams) headers.Authorization = await bearer(tag !== "");
    return fetch(location.href, {headers, cache: "no-store"});
  };

  const soon = work => Promise.race([work, new Promise((_, late) => setTimeout(late, PATIENCE_MS))]);

  const note = name => {
    const place = document.getElementById("note"), said = document.body.dataset[name] ?? "";
    if (place.textContent !== said) place.textContent = said;
  };

  const replace = (old, fresh) => {
    const at = document.activeElement?.closest("#live a")?.getAttribute("href");
    old.replaceWith(document.adoptNode(fresh));
    if (at) [...document.querySelectorAll("#live a")].find(each => each.getAttribute("href") === at)?.focus({preventScroll: true});
  };

  const follow = async () => {
    const answer = await soon(ask(live().dataset.tag));
    if (answer.status >= 500) throw new Error(answer.statusText);
    if (answer.status === 304) return;
    const page = await parsed(answer), fresh = page.getElementById("live");
    if (fresh) replace(live(), fresh);
    else replace(document.getElementById("main"), page.getElementById("main"));
    document.getElementById("news").textContent = document.body.dataset.updated;
  };

  const enter = async () => {
    document.getElementById("main").textContent = document.body.dataset.waiting;
    const library = document.createElement("script");
    Object.assign(library, {src: root.dataset.teams, integrity: root.dataset.hash, crossOrigin: "anonymous"});
    await new Promise((good, bad) => {
      Object.assign(library, {onload: good, onerror: () => bad(new Error("the library was not loaded"))});
      document.head.append(library);
    });
    const host = window.microsoftTeams;
    await host.app.initialize();
    wear((await host.app.getContext()).app.theme);
    host.app.registerOnThemeChangeHandler(wear);
    host.app.notifySuccess();
    teams = host;
  };

  const offerTab = tab => {
    const {config} = teams.pages;
    config.registerOnSaveHandler(async saving => {
      const address = `${location.origin}/calendar`;
      await config.setConfig({entityId: "calendar", contentUrl: address, websiteUrl: address, suggestedDisplayName: tab});
      saving.notifySuccess();
    });
    config.setValidityState(true);
  };

  const start = async () => {
    const tab = document.querySelector("[data-tab]"), words = tab?.textContent;
    if (isFramed && root.dataset.teams) {
      await enter();
      if (tab) {
        document.getElementById("main").textContent = words;
        return offerTab(tab.dataset.tab);
      }
      const page = await parsed(await ask());
      document.title = page.title;
      root.lang = page.documentElement.lang;
      document.body.replaceWith(document.adoptNode(page.body));
    }
    // The page stays as it is, is asked for again, and says so.
    const again = () => {
      if (document.visibilityState !== "visible" || !live()) return;
      follow().then(() => note(""), failed => note(failed?.cause ?? "stale"));
    };
    setInterval(again, EVERY_MS);
    document.addEventListener("visibilitychange", again);
  };

  document.addEventListener("click", event => {
    const link = event.target.closest("a[data-teams]");
    if (!link || !teams) return;
    event.preventDefault();
    teams.app.openLink(link.href);
  });
  try { if (sessionStorage.getItem("theme") && isFramed) wear(sessionStorage.getItem("theme")); } catch { /* as above */ }
  document.addEventListener("DOMContentLoaded", () => start().catch(() => {
    document.getElementById("main").textContent = document.body.dataset.failed;
  }));
})();
