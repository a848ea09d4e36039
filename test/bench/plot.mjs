// The plot: how many operations a second each library does, those of the bare work being 1.

const COLUMNS = 2
const WIDTH = 860
const MARGIN = 16
const GAP = 28
const LABEL = 156
const NUMBER = 40
const BAR = 12
const STEP = 17
const HEAD = 26

const PANEL = (WIDTH - 2 * MARGIN - GAP) / COLUMNS
const SCALE = PANEL - LABEL - NUMBER

/**
 * Panels of bars as an SVG, whose colours can be read on a light and on a dark page.
 *
 * A panel is `{ operation, bars: [{ library, speed }] }`, the verifying ones first.
 */
export function toSvg(panels, caption) {
  const rows = panels.length / COLUMNS
  const tallest = Math.max(...panels.map(({ bars }) => bars.length))
  const step = HEAD + tallest * STEP + 14
  const top = 56
  const height = top + rows * step + 12
  // To 1, the bare work, or to whoever is faster.
  const reach = Math.max(1, ...panels.flatMap(({ bars }) => bars.map(({ speed = 0 }) => speed)))
  const drawn = panels.map((panel, i) => {
    const x = MARGIN + Math.floor(i / rows) * (PANEL + GAP)
    return `<g transform="translate(${x} ${top + (i % rows) * step})">\n${toPanel(panel, reach)}\n</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Operations per second, as multiples of the bare work</title>
<style>
text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #768390; }
.title { font-size: 15px; font-weight: 600; }
.head { font-weight: 600; }
.own { fill: #2f81f7; font-weight: 600; }
.peer { fill: #8b949e; fill-opacity: 0.7; }
.line { stroke: #768390; stroke-dasharray: 2 3; }
</style>
<text class="title" x="${MARGIN}" y="22">Operations per second; the bare work, without one check, is 1</text>
<text x="${MARGIN}" y="41">${escape(caption)}</text>
${drawn.join('\n')}
</svg>
`
}

function toPanel({ operation, bars }, reach) {
  const bottom = HEAD - 8 + bars.length * STEP
  const one = round(LABEL + SCALE / reach)
  const lines = bars.map((bar, i) => toBar(bar, HEAD - 6 + i * STEP, reach))
  return [
    `<text class="head" x="0" y="12">${escape(operation)}</text>`,
    ...lines,
    `<line class="line" x1="${one}" x2="${one}" y1="${HEAD - 10}" y2="${bottom}"/>`,
  ].join('\n')
}

function toBar({ library, speed }, y, reach) {
  const kind = library === 'tittle' ? 'own' : 'peer'
  const width = speed === undefined ? 0 : round(Math.max(1, (speed / reach) * SCALE))
  const value = speed === undefined ? '-' : speed.toFixed(2)
  const label = kind === 'own' ? ' class="own"' : ''
  return [
    `<text${label} x="${LABEL - 8}" y="${y + 10}" text-anchor="end">${escape(library)}</text>`,
    width > 0 ? `<rect class="${kind}" x="${LABEL}" y="${y}" width="${width}" height="${BAR}" rx="2"/>` : '',
    `<text${label} x="${PANEL}" y="${y + 10}" text-anchor="end">${value}</text>`,
  ].join('')
}

const round = (value) => Math.round(value * 10) / 10

const escape = (text) => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
