//! 五字片段: texts as sets of numbered five-character pieces, the rarest first.
//!
//! **Invariant:** pieces that occur in one text only are counted, not kept: they can match nothing.

/// Characters of a piece. Five characters of Chinese say about as much as three words of English.
pub const SHINGLE: usize = 5;

/// What digits mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// All digits are the same one: a copy with other dates and amounts is a copy.
    Alike,
    /// Every digit is a character: a number that two texts share says much.
    Kept,
}

/// The sorted, different hashes of a text's pieces. A text shorter than a piece is one piece; an empty one has none.
pub(super) fn hashes(text: &str, digits: Digits) -> Vec<u64> {
    let mut found = Vec::with_capacity(text.len() / 3);
    hash_into(text, digits, &mut Vec::new(), &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn hash_into(text: &str, digits: Digits, characters: &mut Vec<u32>, found: &mut Vec<u64>) {
    characters.clear();
    characters.extend(text.chars().map(|c| match c {
        '0'..='9' | '０'..='９' if digits == Digits::Alike => u32::from('0'),
        c => u32::from(c),
    }));
    found.clear();
    if characters.is_empty() {
        return;
    }
    for piece in characters.windows(SHINGLE.min(characters.len())) {
        // Five characters of 21 bits are 105 bits: two words, mixed.
        let mut low = 0u64;
        let mut high = piece.len() as u64;
        for (i, c) in piece.iter().enumerate() {
            if i < 3 {
                low = (low << 21) | u64::from(*c);
            } else {
                high = (high << 21) | u64::from(*c);
            }
        }
        found.push(mix(low ^ mix(high)));
    }
}

/// The finaliser of SplitMix64: a bijection that spreads every bit.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Texts as sets of piece numbers. Number 0 is the rarest piece that occurs in two texts at least.
pub struct Shingled {
    /// Where each text's numbers begin; one more than texts.
    starts: Vec<usize>,
    /// Numbers, ascending within a text, so the rarest first.
    ids: Vec<u32>,
    /// Pieces of each text, those that occur nowhere else too; not those left out.
    sizes: Vec<u32>,
    /// In how many texts each number occurs.
    frequency: Vec<u32>,
}

/// Pieces sorted at a time: 128 MB. More texts are gone through several times, each time for a part of the hashes.
const PIECES_AT_ONCE: usize = 8 << 20;

impl Shingled {
    /// Numbers the pieces of `texts`. Memory: 128 MB and 8 bytes a piece that texts share while it works, 4 after.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>, digits: Digits) -> Self {
        Self::without(texts, digits, 1.0)
    }

    /// As [`Shingled::new`], but pieces in more than this share of all texts are left out altogether, as if the texts did not have them.
    pub fn without<'a>(texts: impl IntoIterator<Item = &'a str>, digits: Digits, share_max: f64) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        let (mut characters, mut found) = (Vec::new(), Vec::new());
        let mut sizes = vec![0u32; texts.len()];
        let most = (share_max * texts.len() as f64).floor();
        // Bytes say how many pieces there may be: a Chinese character has three.
        let parts = (texts.iter().map(|t| t.len() / 3).sum::<usize>() / PIECES_AT_ONCE + 1) as u64;
        let mut pieces: Vec<(u64, u32)> = Vec::new();
        // Pieces that texts share, by hash: how many texts, and where they begin in `occurs`.
        let (mut runs, mut occurs): (Vec<(u32, u32, u64)>, Vec<u32>) = (Vec::new(), Vec::new());
        for part in 0..parts {
            pieces.clear();
            for (at, text) in texts.iter().enumerate() {
                hash_into(text, digits, &mut characters, &mut found);
                // The upper half of a hash times the parts, halved again, is its part: even, and in the order of the hashes.
                found.retain(|h| ((h >> 32) * parts) >> 32 == part);
                found.sort_unstable();
                found.dedup();
                sizes[at] += found.len() as u32;
                pieces.extend(found.iter().map(|h| (*h, at as u32)));
            }
            pieces.sort_unstable();
            for run in pieces.chunk_by(|a, b| a.0 == b.0) {
                if run.len() as f64 > most {
                    run.iter().for_each(|(_, text)| sizes[*text as usize] -= 1);
                } else if run.len() > 1 {
                    runs.push((run.len() as u32, runs.len() as u32, occurs.len() as u64));
                    occurs.extend(run.iter().map(|(_, text)| *text));
                }
            }
        }
        drop(pieces);
        // Their number of texts decides the place of pieces among all, then their hash.
        runs.sort_unstable();
        let mut counts = vec![0usize; sizes.len() + 1];
        occurs.iter().for_each(|text| counts[*text as usize + 1] += 1);
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let starts = counts.clone();
        let mut ids = vec![0u32; occurs.len()];
        for (id, &(many, _, start)) in runs.iter().enumerate() {
            for text in &occurs[start as usize..start as usize + many as usize] {
                let at = &mut counts[*text as usize];
                ids[*at] = id as u32;
                *at += 1;
            }
        }
        let frequency = runs.iter().map(|r| r.0).collect();
        Self { starts, ids, sizes, frequency }
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// No text at all.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The numbers of the pieces of a text that occur elsewhere too, ascending.
    pub fn shared(&self, text: usize) -> &[u32] {
        &self.ids[self.starts[text]..self.starts[text + 1]]
    }

    /// All different pieces of a text, those that occur nowhere else too.
    pub fn size(&self, text: usize) -> usize {
        self.sizes[text] as usize
    }

    /// How many different pieces occur in two texts at least.
    pub fn different(&self) -> usize {
        self.frequency.len()
    }

    /// In how many texts a piece occurs.
    pub fn frequency(&self, id: u32) -> u32 {
        self.frequency[id as usize]
    }

    /// Inverse document frequency ln(n / df) of a piece.
    pub fn idf(&self, id: u32) -> f64 {
        (self.len() as f64 / f64::from(self.frequency(id))).ln()
    }

    /// Inverse document frequency of a piece that occurs in one text.
    pub fn idf_single(&self) -> f64 {
        (self.len().max(1) as f64).ln()
    }

    /// The weight of a text: the sum of the idf of its pieces.
    pub fn weight(&self, text: usize) -> f64 {
        let shared = self.shared(text);
        shared.iter().map(|id| self.idf(*id)).sum::<f64>() + (self.size(text) - shared.len()) as f64 * self.idf_single()
    }
}
