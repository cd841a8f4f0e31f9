// Python's random.Random: the same numbers from the same seed or state, so that a training goes on as in Python.

const WORDS = 624, SHIFTED = 397;  // how many words the state has, and how far apart those are that are mixed

/** The Mersenne Twister, and what Python draws from it. Sources: M. Matsumoto and T. Nishimura, Mersenne Twister, 1998,
 * with their initialisation of 2002; Python's documentation of `random`, and its source for the order of the draws. */
class PythonRandom {
  /** @param {number | ArrayLike<number>} seed a whole number, or the state: `random.Random(…).getstate()[1]` */
  constructor(seed) {
    this.words = new Uint32Array(WORDS);
    this.place = WORDS;
    /** The second one of two normal numbers, which are drawn together. @type {number | null} */
    this.spare = null;
    if (typeof seed === "number") this.start(seed);
    else {
      this.words.set(Array.prototype.slice.call(seed, 0, WORDS));
      this.place = seed[WORDS];
    }
  }

  /** Fill the state from a seed, whose sign does not count. @param {number} seed */
  start(seed) {
    const { words } = this, size = Math.abs(seed), high = Math.floor(size / 2 ** 32);
    const key = high ? [size >>> 0, high] : [size >>> 0];
    const mixed = (/** @type {number} */ i) => words[i - 1] ^ (words[i - 1] >>> 30);
    words[0] = 19650218;
    for (let i = 1; i < WORDS; i++) words[i] = Math.imul(1812433253, mixed(i)) + i;
    words[0] = 19650218;
    let i = 1, j = 0;
    const next = () => {
      if (++i < WORDS) return;
      words[0] = words[WORDS - 1];
      i = 1;
    };
    for (let k = WORDS; k > 0; k--) {
      words[i] = (words[i] ^ Math.imul(mixed(i), 1664525)) + key[j] + j;
      next();
      j = (j + 1) % key.length;
    }
    for (let k = WORDS - 1; k > 0; k--) {
      words[i] = (words[i] ^ Math.imul(mixed(i), 1566083941)) - i;
      next();
    }
    words[0] = 2 ** 31;
  }

  /** The same generator once more, which goes on by itself. */
  copy() {
    const other = new PythonRandom([...this.words, this.place]);
    other.spare = this.spare;
    return other;
  }

  /** 32 random bits. */
  word() {
    const { words } = this;
    if (this.place >= WORDS) {
      for (let i = 0; i < WORDS; i++) {
        const y = (words[i] & 0x80000000) | (words[(i + 1) % WORDS] & 0x7fffffff);
        words[i] = words[(i + SHIFTED) % WORDS] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.place = 0;
    }
    let y = words[this.place++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A whole number of so many random bits, at most 53. @param {number} count */
  getrandbits(count) {
    if (count <= 32) return count ? this.word() >>> (32 - count) : 0;
    const low = this.word();
    return low + (this.word() >>> (64 - count)) * 2 ** 32;
  }

  /** A whole number from 0 to below a limit, which has at most 32 bits. @param {number} limit */
  randbelow(limit) {
    const bits = 32 - Math.clz32(limit);
    let drawn = this.getrandbits(bits);
    while (drawn >= limit) drawn = this.getrandbits(bits);
    return drawn;
  }

  /** A number from 0 to below 1. */
  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A number between two others. @param {number} low @param {number} high */
  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  /** A normal number. @param {number} mean @param {number} deviation */
  gauss(mean, deviation) {
    let z = this.spare;
    this.spare = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI, radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.spare = Math.sin(angle) * radius;
    }
    return mean + z * deviation;
  }

  /** Put a list into a random order, in place. @param {number[] | Uint32Array} list */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.randbelow(i + 1), moved = list[i];
      list[i] = list[j];
      list[j] = moved;
    }
  }
}
