// A way to a server that counts how often it is gone.
import { connect, createServer } from 'node:net'

/** Starts a proxy on loopback: `trips` counts what was sent to the server, each time that it had answered before. */
export async function startProxy(port) {
  const sockets = new Set()
  const proxy = { trips: 0, port: undefined, stop: undefined }
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let isAsking = false
    client.on('data', () => {
      if (!isAsking) proxy.trips++
      isAsking = true
    })
    upstream.on('data', () => (isAsking = false))
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.port = server.address().port
  proxy.stop = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  }
  return proxy
}
