import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type ProxyOptions } from "vite";

const API = "http://127.0.0.1:3000";

/** The Host header stays the browser's, because the server compares it with Origin. */
const toApi: ProxyOptions = { target: API, ws: true, changeOrigin: false };

/** These addresses are pages of the app when read, and form routes of the server when posted to. */
const postsToApi: ProxyOptions = {
  target: API,
  changeOrigin: false,
  bypass: (request) => (request.method === "POST" ? undefined : "/index.html"),
};

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The first browsers with light-dark(). For older ones it would be rewritten to follow the system alone, and the
    // theme that somebody chose by hand would change nothing.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The content security policy has no data: for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs and updates seldom change comes as a few files instead of thirty.
        codeSplitting: {
          groups: [
            { name: "framework", test: /node_modules\/(react|react-dom|scheduler|react-router|zod|zustand)\// },
            { name: "icons", test: /node_modules\/lucide-react\// },
            { name: "base", test: /(apps\/web\/src\/(lib|stores)|packages\/shared\/src)\/(?!query-client)/ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": toApi,
      "/ws": toApi,
      "^/(token|refresh|check|logout|healthz|readyz|user|conversation)(/|$)": toApi,
      "^/(register|login|guest|groups/create)$": postsToApi,
    },
  },
});
