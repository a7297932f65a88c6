//! Server-sent events, as far as MCP uses them: the data of each event.

use crate::fault::Fault;

/// What has come of a stream and isn't a whole event yet.
#[derive(Debug)]
pub(super) struct Events {
    bytes: Vec<u8>,
    /// Where the next line begins, and how far no end of it was found.
    at: usize,
    looked: usize,
    data: Option<String>,
    /// Bytes of one event.
    most: usize,
}

impl Events {
    pub(super) fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), at: 0, looked: 0, data: None, most }
    }

    /// Takes what has come.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.looked -= self.at;
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The data of the next whole event.
    pub(super) fn next(&mut self) -> Result<Option<String>, Fault> {
        while let Some(line) = self.line() {
            let line = String::from_utf8(line).map_err(|_| Fault::Nonsense("it isn't UTF-8"))?;
            if line.is_empty() {
                match self.data.take() {
                    Some(data) if !data.is_empty() => return Ok(Some(data)),
                    _ => continue,
                }
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            if field.trim_start_matches('\u{feff}') != "data" {
                continue;
            }
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
            self.check()?;
        }
        self.check()?;
        Ok(None)
    }

    fn check(&self) -> Result<(), Fault> {
        let waiting = self.bytes.len() - self.at;
        let event = self.data.as_ref().map_or(0, String::len);
        if waiting.saturating_add(event) > self.most { Err(Fault::TooLarge) } else { Ok(()) }
    }

    /// The next whole line. It ends with CR, LF, or both; a CR at the very end may be half of both.
    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = self.bytes.get(self.looked..)?;
        let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.looked = self.bytes.len();
            return None;
        };
        let end = self.looked + end;
        let pair = match (self.bytes.get(end), self.bytes.get(end + 1)) {
            (Some(b'\r'), None) => {
                self.looked = end;
                return None;
            }
            (Some(b'\r'), Some(b'\n')) => 2,
            _ => 1,
        };
        let line = self.bytes.get(self.at..end)?.to_vec();
        self.at = end + pair;
        self.looked = self.at;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[&[u8]], most: usize) -> Result<Vec<String>, Fault> {
        let (mut events, mut read) = (Events::new(most), Vec::new());
        for part in parts {
            events.push(part);
            while let Some(event) = events.next()? {
                read.push(event);
            }
        }
        Ok(read)
    }

    #[test]
    fn events_are_read_however_they_are_cut_and_ended() {
        let text = ": hi\n\nid: 1\ndata:\n\nevent: message\r\ndata: a\r\ndata:b\r\n\r\ndata: c\r\rx: y\n\n";
        let whole = read(&[text.as_bytes()], 99).unwrap();
        assert_eq!(whole, ["a\nb", "c"]);
        for cut in 0..text.len() {
            let (one, two) = text.as_bytes().split_at(cut);
            assert_eq!(read(&[one, two], 99).unwrap(), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(read(&bytes, 99).unwrap(), whole);
    }

    #[test]
    fn an_event_without_an_end_is_given_up() {
        let parts = vec![b"data: xxxxxxxx".as_slice(); 20];
        assert!(matches!(read(&parts, 64), Err(Fault::TooLarge)));
        let parts = vec![b"data: xxxxxxxx\n".as_slice(); 20];
        assert!(matches!(read(&parts, 64), Err(Fault::TooLarge)));
    }
}
