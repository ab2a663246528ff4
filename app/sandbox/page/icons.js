const PATHS = {
  send: 'M4 12 20 4l-5 16-3.500-6.500z M11.500 13.500 20 4',
  photo: 'M3 7h4l1.500-2.500h7L17 7h4v12.500H3z M12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z',
  album: 'M7 3h14v14H7z M3 7v14h14 M7 14l4-4 4 4 2-2 4 4',
  voice: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z M5.500 11a6.500 6.500 0 0 0 13 0 M12 17.500V21',
  reply: 'M10 6 4 12l6 6 M4 12h9a7 7 0 0 1 7 7',
  close: 'M6 6l12 12 M18 6 6 18',
  plus: 'M12 5v14 M5 12h14',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2v2.500 M12 19.500V22 M2 12h2.500 M19.500 12H22 M5 5l1.800 1.800 M17.200 17.200 19 19 M5 19l1.800-1.800 M17.200 6.800 19 5',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  auto: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 3v18 M12 7l6.500 0 M12 12h9 M12 17h6.500',
};
const SVG = 'http://www.w3.org/2000/svg';

/** A line drawing; says nothing to a screen reader, the button around it has the words. */
export const icon = (name) => {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [attribute, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' }))
    svg.setAttribute(attribute, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
};
