using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  # The last dates on which nodejs_compat has to be asked for.
  compatibilityDate = "2026-08-03",
  compatibilityFlags = [FLAGS],
);
