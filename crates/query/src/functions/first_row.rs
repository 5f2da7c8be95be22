//! The first row of each group, for [`super::first_rows::FirstRows`] of one row: no list of rows is kept, and partial
//! results are two plain columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, ListArray, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::arrow::row::RowConverter;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::first_rows::wanted;

/// Bytes that nothing refers to are given back when they are more than this and more than half of all.
const DEAD_BYTES_MAX: usize = 1 << 20;

pub(super) struct FirstRow {
    fields: Fields,
    converter: RowConverter,
    /// One for each group.
    slots: Vec<Slot>,
    /// Positions and rows, each row in Arrow's row format after its position.
    bytes: Vec<u8>,
    /// How many of `bytes` no slot refers to.
    dead: usize,
}

/// Where a group's first row stands.
#[derive(Clone, Copy, Default)]
struct Slot {
    start: usize,
    room: usize,
    position_bytes: u32,
    row_bytes: u32,
    filled: bool,
}

impl Slot {
    fn position(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..self.start + self.position_bytes as usize]
    }

    fn row(self, bytes: &[u8]) -> &[u8] {
        let start = self.start + self.position_bytes as usize;
        &bytes[start..start + self.row_bytes as usize]
    }
}

impl FirstRow {
    pub fn new(fields: Fields, converter: RowConverter) -> Self {
        Self { fields, converter, slots: Vec::new(), bytes: Vec::new(), dead: 0 }
    }

    fn reach(&mut self, groups: usize) {
        if self.slots.len() < groups {
            self.slots.resize(groups, Slot::default());
        }
    }

    fn offer(&mut self, group: usize, position: &[u8], row: &[u8]) {
        let slot = &mut self.slots[group];
        if slot.filled && slot.position(&self.bytes) <= position {
            return;
        }
        let needed = position.len() + row.len();
        if slot.room < needed {
            self.dead += slot.room;
            (slot.start, slot.room) = (self.bytes.len(), needed);
            self.bytes.extend_from_slice(position);
            self.bytes.extend_from_slice(row);
        } else {
            let place = &mut self.bytes[slot.start..slot.start + needed];
            place[..position.len()].copy_from_slice(position);
            place[position.len()..].copy_from_slice(row);
        }
        // Arrow's offsets are 32 bits long, so that both fit.
        (slot.position_bytes, slot.row_bytes, slot.filled) = (position.len() as u32, row.len() as u32, true);
    }

    /// Drops what nothing refers to, where that is much.
    fn tidy(&mut self) {
        if self.dead <= DEAD_BYTES_MAX || self.dead * 2 <= self.bytes.len() {
            return;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() - self.dead);
        for slot in &mut self.slots {
            let start = bytes.len();
            bytes.extend_from_slice(&self.bytes[slot.start..slot.start + slot.room]);
            slot.start = start;
        }
        (self.bytes, self.dead) = (bytes, 0);
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Slot> {
        let taken = emit_to.take_needed(&mut self.slots);
        self.dead += taken.iter().map(|slot| slot.room).sum::<usize>();
        taken
    }
}

impl GroupsAccumulator for FirstRow {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.reach(total_num_groups);
        let Some((positions, values)) = values.split_first() else { return exec_err!("no arguments") };
        let positions = positions.as_binary::<i32>();
        let rows = self.converter.convert_columns(values)?;
        for (index, group) in group_indices.iter().enumerate() {
            if wanted(opt_filter, index) && positions.is_valid(index) {
                self.offer(*group, positions.value(index), rows.row(index).as_ref());
            }
        }
        self.tidy();
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.reach(total_num_groups);
        let [positions, rows] = values else { return exec_err!("the state has two parts") };
        let (positions, rows) = (positions.as_binary::<i32>(), rows.as_binary::<i32>());
        for (index, group) in group_indices.iter().enumerate() {
            if positions.is_valid(index) {
                self.offer(*group, positions.value(index), rows.value(index));
            }
        }
        self.tidy();
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let slots = self.take(emit_to);
        let filled = || slots.iter().filter(|slot| slot.filled);
        let parser = self.converter.parser();
        let columns = self.converter.convert_rows(filled().map(|slot| parser.parse(slot.row(&self.bytes))))?;
        // Dictionaries come back as their values; the declared type wins.
        let columns = columns
            .iter()
            .zip(&self.fields)
            .map(|(column, field)| Ok(cast(column, field.data_type())?))
            .collect::<Result<Vec<_>>>()?;
        let structures = StructArray::try_new_with_length(self.fields.clone(), columns, None, filled().count())?;
        let offsets = OffsetBuffer::from_lengths(slots.iter().map(|slot| usize::from(slot.filled)));
        let valid: NullBuffer = slots.iter().map(|slot| slot.filled).collect::<Vec<bool>>().into();
        let element = Arc::new(Field::new_list_field(DataType::Struct(self.fields.clone()), true));
        self.tidy();
        Ok(Arc::new(ListArray::try_new(element, offsets, Arc::new(structures), Some(valid))?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let slots = self.take(emit_to);
        let bytes: usize = slots.iter().map(|slot| slot.position_bytes as usize).sum();
        let mut positions = BinaryBuilder::with_capacity(slots.len(), bytes);
        let bytes: usize = slots.iter().map(|slot| slot.row_bytes as usize).sum();
        let mut rows = BinaryBuilder::with_capacity(slots.len(), bytes);
        for slot in &slots {
            if slot.filled {
                positions.append_value(slot.position(&self.bytes));
                rows.append_value(slot.row(&self.bytes));
            } else {
                positions.append_null();
                rows.append_null();
            }
        }
        self.tidy();
        Ok(vec![Arc::new(positions.finish()), Arc::new(rows.finish())])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some((positions, values)) = values.split_first() else { return exec_err!("no arguments") };
        let (offsets, bytes, nulls) = positions.as_binary::<i32>().clone().into_parts();
        let kept = opt_filter.map(|filter| {
            let (values, nulls) = filter.clone().into_parts();
            let kept = NullBuffer::new(values);
            NullBuffer::union(Some(&kept), nulls.as_ref()).unwrap_or(kept)
        });
        let positions = BinaryArray::try_new(offsets, bytes, NullBuffer::union(nulls.as_ref(), kept.as_ref()))?;
        let rows = self.converter.convert_columns(values)?.try_into_binary()?;
        Ok(vec![Arc::new(positions), Arc::new(rows)])
    }

    fn size(&self) -> usize {
        self.bytes.capacity() + self.slots.capacity() * size_of::<Slot>() + self.converter.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::Int64Array;
    use datafusion::arrow::row::SortField;

    fn first(of: DataType) -> FirstRow {
        let converter = RowConverter::new(vec![SortField::new(of.clone())]).unwrap();
        FirstRow::new(vec![Field::new("c0", of, true)].into(), converter)
    }

    fn batch(rows: &[(&[u8], Option<i64>)]) -> Vec<ArrayRef> {
        vec![
            Arc::new(BinaryArray::from_iter_values(rows.iter().map(|(position, _)| *position))),
            Arc::new(Int64Array::from_iter(rows.iter().map(|(_, value)| *value))),
        ]
    }

    fn values(array: &ArrayRef) -> Vec<Option<Option<i64>>> {
        let list = array.as_list::<i32>();
        let value = |array: ArrayRef| {
            let values = array.as_struct().column(0).clone();
            let values = values.as_primitive::<datafusion::arrow::datatypes::Int64Type>().clone();
            values.is_valid(0).then(|| values.value(0))
        };
        (0..list.len()).map(|index| list.is_valid(index).then(|| value(list.value(index)))).collect()
    }

    #[test]
    fn the_lowest_position_wins_through_every_kind_of_state() {
        let rows: [(&[u8], Option<i64>); 4] = [(b"dd", Some(4)), (b"aaa", Some(1)), (b"c", None), (b"b", Some(2))];
        let filter = BooleanArray::from(vec![Some(true), None, Some(true), Some(false)]);
        let mut direct = first(DataType::Int64);
        direct.update_batch(&batch(&rows), &[0, 0, 2, 0], None, 3).unwrap();
        assert_eq!(values(&direct.evaluate(EmitTo::All).unwrap()), [Some(Some(1)), None, Some(None)]);
        let mut part = first(DataType::Int64);
        part.update_batch(&batch(&rows), &[1, 1, 1, 0], Some(&filter), 2).unwrap();
        let state = part.state(EmitTo::All).unwrap();
        let mut whole = first(DataType::Int64);
        whole.merge_batch(&state, &[0, 1], 2).unwrap();
        let converted = whole.convert_to_state(&batch(&rows), Some(&filter)).unwrap();
        whole.merge_batch(&converted, &[0, 1, 1, 1], 2).unwrap();
        assert_eq!(values(&whole.evaluate(EmitTo::First(1)).unwrap()), [Some(Some(4))]);
        assert_eq!(values(&whole.evaluate(EmitTo::All).unwrap()), [Some(None)]);
    }

    /// Rows that get longer leave room behind, which is given back.
    #[test]
    fn room_that_is_not_used_any_more_is_given_back() {
        let mut longer = first(DataType::Utf8);
        for length in 1..400usize {
            let position = (400 - length as u32).to_be_bytes();
            let positions: ArrayRef = Arc::new(BinaryArray::from_iter_values(vec![position; 50]));
            let text: ArrayRef =
                Arc::new(datafusion::arrow::array::StringArray::from(vec!["x".repeat(length * 10); 50]));
            longer.update_batch(&[positions, text], &(0..50).collect::<Vec<_>>(), None, 50).unwrap();
        }
        assert!(longer.bytes.len() < 4 * DEAD_BYTES_MAX, "{}", longer.bytes.len());
        let list = longer.evaluate(EmitTo::All).unwrap();
        let texts = list.as_list::<i32>().values().as_struct().column(0).clone();
        assert!(texts.as_string::<i32>().iter().all(|text| text.is_some_and(|text| text.len() == 3990)));
    }
}
